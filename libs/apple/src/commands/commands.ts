import type { Commands } from '../generated/commands.ts';
import type { PlistInput } from '../plist/plist-value.ts';

/** A Command dict, ready for `plistDictFragment`. */
export interface Command {
  readonly RequestType: string;
  readonly [key: string]: PlistInput | undefined;
}

type Update = Commands['ScheduleOSUpdate']['Updates'][number];

/** Where a platform allows which: `installActionsOf`. `InstallForceRestart` may lose a user's data. */
export type InstallAction = Update['InstallAction'];

export type DeviceInformationQuery = Commands['DeviceInformation']['Queries'][number];

export interface ScheduledUpdate {
  /** One of productKey and productVersion must be there; the key wins where both are. */
  readonly productKey?: string;
  /** Not for Background Security Improvements. */
  readonly productVersion?: string;
  readonly installAction: InstallAction;
  /** macOS 12 and later, with InstallLater, minor updates only. */
  readonly maxUserDeferrals?: number;
  /** macOS 12.3 and later, minor updates only. */
  readonly priority?: NonNullable<Update['Priority']>;
}

/** mdm/commands/system.update.scan.yaml. macOS needs it before AvailableOSUpdates. */
export function scheduleOsUpdateScan(options: { readonly force?: boolean } = {}): Commands['ScheduleOSUpdateScan'] {
  return {
    RequestType: 'ScheduleOSUpdateScan',
    ...(options.force === undefined ? {} : { Force: options.force }),
  };
}

/** mdm/commands/system.update.available.yaml */
export function availableOsUpdates(): Commands['AvailableOSUpdates'] {
  return { RequestType: 'AvailableOSUpdates' };
}

/** mdm/commands/system.update.schedule.yaml. Throws a RangeError where an update names no product, or there is none. */
export function scheduleOsUpdate(options: {
  readonly updates: readonly ScheduledUpdate[];
}): Commands['ScheduleOSUpdate'] {
  if (options.updates.length === 0) throw new RangeError('ScheduleOSUpdate needs at least one update');
  return { RequestType: 'ScheduleOSUpdate', Updates: options.updates.map(updateItem) };
}

function updateItem(update: ScheduledUpdate): Update {
  if (!update.productKey && !update.productVersion) {
    throw new RangeError('ScheduleOSUpdate: each update needs a productKey or a productVersion');
  }
  return {
    ...(update.productKey ? { ProductKey: update.productKey } : {}),
    ...(update.productVersion ? { ProductVersion: update.productVersion } : {}),
    InstallAction: update.installAction,
    ...(update.maxUserDeferrals === undefined ? {} : { MaxUserDeferrals: update.maxUserDeferrals }),
    ...(update.priority === undefined ? {} : { Priority: update.priority }),
  };
}

/** mdm/commands/system.update.status.yaml */
export function osUpdateStatus(): Commands['OSUpdateStatus'] {
  return { RequestType: 'OSUpdateStatus' };
}

/** mdm/commands/information.device.yaml */
export function deviceInformation(
  queries: readonly DeviceInformationQuery[] = DEVICE_INFORMATION_QUERIES,
): Commands['DeviceInformation'] {
  return { RequestType: 'DeviceInformation', Queries: [...queries] };
}

/** mdm/commands/declarativemanagement.yaml. `data` is the tokens JSON, so that the device need not ask for it. */
export function declarativeManagement(data?: Uint8Array): Commands['DeclarativeManagement'] {
  return { RequestType: 'DeclarativeManagement', ...(data === undefined ? {} : { Data: data }) };
}

/** What we ask of a device; those that its platform lacks are left unanswered by it. */
export const DEVICE_INFORMATION_QUERIES: readonly DeviceInformationQuery[] = [
  'UDID',
  'SerialNumber',
  'DeviceName',
  'Model',
  'ModelName',
  'ProductName',
  'OSVersion',
  'BuildVersion',
  'SupplementalBuildVersion',
  'SupplementalOSVersionExtra',
  'IsSupervised',
  'IsAppleSilicon',
  'SoftwareUpdateDeviceID',
  'TimeZone',
  'BatteryLevel',
  'HasBattery',
];
