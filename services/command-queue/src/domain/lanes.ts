import { Priority } from '@lamplighter/contracts';

/** What protects a device, or lets its user in again, waits behind nothing. */
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

/** Questions whose answers nobody waits for; all lists beside these. */
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

/** Where a command stands whose sender gave no priority: neither a security action nor inventory goes between the two. */
export function priorityOf(requestType: string): number {
  if (SECURITY.has(requestType)) return Priority.security;
  const isInventory = INVENTORY.has(requestType) || requestType.endsWith('List');
  return isInventory ? Priority.inventory : Priority.update;
}
