import { Priority } from '@lamplighter/contracts';

export type Lane = keyof typeof Priority;

/** What protects a device or lets its user in again cannot wait behind an update. */
const SECURITY: ReadonlySet<string> = new Set([
  'ActivationLockBypassCode',
  'ClearActivationLockBypassCode',
  'ClearPasscode',
  'ClearRestrictionsPassword',
  'DeviceLocation',
  'DeviceLock',
  'DisableLostMode',
  'DisableRemoteDesktop',
  'EnableLostMode',
  'EraseDevice',
  'LogOutUser',
  'PlayLostModeSound',
  'RotateFileVaultKey',
  'SetAutoAdminPassword',
  'SetFirmwarePassword',
  'SetRecoveryLock',
  'UnlockUserAccount',
  'VerifyFirmwarePassword',
  'VerifyRecoveryLock',
]);

/** Questions whose answers nobody waits for. */
const INVENTORY: ReadonlySet<string> = new Set([
  'ActiveNSExtensions',
  'ContentCachingInformation',
  'DeviceInformation',
  'ManagedApplicationAttributes',
  'ManagedApplicationConfiguration',
  'ManagedApplicationFeedback',
  'NSExtensionMappings',
  'Restrictions',
  'SecurityInfo',
]);

/** The lane that a request type goes in; what is neither security nor inventory goes with the updates. */
export function laneOf(requestType: string): Lane {
  if (SECURITY.has(requestType)) return 'security';
  return INVENTORY.has(requestType) || requestType.endsWith('List') ? 'inventory' : 'update';
}

/** The lane that a stored priority belongs to. */
export function laneOfPriority(priority: number): Lane {
  if (priority < Priority.update) return 'security';
  return priority < Priority.inventory ? 'update' : 'inventory';
}
