import type { Facts, OsFacts } from '../schema/model.ts';

const legacy = (introduced: string, supervised = true): OsFacts => ({
  introduced,
  deprecated: '26.0',
  removed: '27.0',
  supervised,
  userEnrollment: 'forbidden',
  sharedIpad: { mode: 'allowed', deviceChannel: true, userChannel: false },
});

export const COMMANDS: Readonly<Record<string, Facts>> = {
  ScheduleOSUpdateScan: { os: { macOS: legacy('10.11') }, keys: { Force: { type: 'boolean' } } },
  AvailableOSUpdates: { os: { macOS: legacy('10.11', false), iOS: legacy('9.0'), tvOS: legacy('12.0') }, keys: {} },
  ScheduleOSUpdate: {
    os: { macOS: legacy('10.11'), iOS: legacy('9.0'), tvOS: legacy('12.0') },
    keys: { Updates: { type: 'array', required: true } },
  },
  OSUpdateStatus: { os: { macOS: legacy('10.11.5'), iOS: legacy('9.0'), tvOS: legacy('12.0') }, keys: {} },
};
