import { expect, it } from '@jest/globals';
import { Priority } from '@lamplighter/contracts';
import { priorityOf } from './lanes.ts';
import { retryPolicyOf } from './retry-policy.ts';
import { EXCLUSIVE_SLOT, slotOf } from './slot.ts';

it('tries the commands of people again by their kind, and those of services only when they say so', () => {
  expect(retryPolicyOf('InstallApplication', undefined, true)).toEqual({ retries: 3, waitSeconds: 900 });
  expect(retryPolicyOf('InstallApplication', undefined, false).retries).toBe(0);
  expect(retryPolicyOf('InstallApplication', 1, false)).toEqual({ retries: 1, waitSeconds: 900 });
  expect(retryPolicyOf('InstallApplication', 0, true).retries).toBe(0);
  expect(retryPolicyOf('constructor', undefined, true).retries).toBe(0);
});

it.each(['EraseDevice', 'DeviceLock', 'RestartDevice', 'ShutDownDevice', 'ClearPasscode', 'ScheduleOSUpdate'])(
  'tries %s once',
  (requestType) => {
    expect(retryPolicyOf(requestType, undefined, true).retries).toBe(0);
  },
);

it('puts security actions before updates before inventory', () => {
  expect(['EraseDevice', 'ScheduleOSUpdate', 'ProfileList'].map(priorityOf)).toEqual([
    Priority.security,
    Priority.update,
    Priority.inventory,
  ]);
  expect(priorityOf('InstallProfile')).toBe(Priority.update);
});

it('gives a slot to request type and purpose, and one to ScheduleOSUpdate whatever its purpose', () => {
  expect(slotOf('InstallProfile', undefined)).toBeNull();
  expect(slotOf('InstallProfile', 'wifi')).not.toBe(slotOf('InstallProfile', 'mail'));
  expect([slotOf('ScheduleOSUpdate', undefined), slotOf('ScheduleOSUpdate', 'x')]).toEqual([
    EXCLUSIVE_SLOT,
    EXCLUSIVE_SLOT,
  ]);
});
