import { compareOsVersions, isOsVersion } from '../versions/os-version.ts';
import type { Platform } from '../versions/platform.ts';
import type { InstallAction } from './commands.ts';

export interface Support {
  readonly introduced: string;
  readonly deprecated?: string;
  /** The first version without it. */
  readonly removed?: string;
  readonly supervised: boolean;
}

export type CommandName =
  | 'ScheduleOSUpdateScan'
  | 'AvailableOSUpdates'
  | 'ScheduleOSUpdate'
  | 'OSUpdateStatus'
  | 'DeviceInformation'
  | 'DeclarativeManagement';

const legacy = (introduced: string, supervised = true): Support => ({
  introduced,
  deprecated: '26.0',
  removed: '27.0',
  supervised,
});
const lasting = (introduced: string): Support => ({ introduced, supervised: false });

/**
 * From `supportedOS` of Apple's schema (mdm/commands/system.update.*.yaml of the 27.0 seed, information.device.yaml,
 * declarativemanagement.yaml). Apple lists iPadOS under iOS; it begins at 13.0. A platform that is not listed lacks the command.
 */
export const COMMAND_SUPPORT: Readonly<Record<CommandName, Partial<Record<Platform, Support>>>> = {
  ScheduleOSUpdateScan: { macOS: legacy('10.11') },
  AvailableOSUpdates: {
    macOS: legacy('10.11', false),
    iOS: legacy('9.0'),
    iPadOS: legacy('13.0'),
    tvOS: legacy('12.0'),
  },
  ScheduleOSUpdate: {
    macOS: legacy('10.11'),
    iOS: legacy('9.0'),
    iPadOS: legacy('13.0'),
    tvOS: legacy('12.0'),
  },
  OSUpdateStatus: {
    macOS: legacy('10.11.5'),
    iOS: legacy('9.0'),
    iPadOS: legacy('13.0'),
    tvOS: legacy('12.0'),
  },
  DeviceInformation: {
    macOS: lasting('10.7'),
    iOS: lasting('4.0'),
    iPadOS: lasting('13.0'),
    tvOS: lasting('9.0'),
    visionOS: lasting('1.1'),
    watchOS: lasting('10.0'),
  },
  DeclarativeManagement: {
    macOS: lasting('13.0'),
    iOS: lasting('15.0'),
    iPadOS: lasting('15.0'),
    tvOS: lasting('16.0'),
    visionOS: lasting('1.1'),
    watchOS: lasting('10.0'),
  },
};

/** Whether this OS version takes the command. False for a version that cannot be read. */
export function supports(command: CommandName, platform: Platform, osVersion: string): boolean {
  const support = COMMAND_SUPPORT[command][platform];
  if (!support || !isOsVersion(osVersion)) return false;
  if (compareOsVersions(osVersion, support.introduced) < 0) return false;
  return support.removed === undefined || compareOsVersions(osVersion, support.removed) < 0;
}

const EVERYWHERE: readonly InstallAction[] = ['Default', 'DownloadOnly', 'InstallASAP'];

/** The install actions that a platform's ScheduleOSUpdate takes; empty where it has no ScheduleOSUpdate. */
export function installActionsOf(platform: Platform, osVersion: string): readonly InstallAction[] {
  if (!supports('ScheduleOSUpdate', platform, osVersion)) return [];
  if (platform !== 'macOS') return EVERYWHERE;
  if (compareOsVersions(osVersion, '11.0') < 0) return ['Default', 'InstallASAP', 'NotifyOnly', 'InstallLater'];
  return [...EVERYWHERE, 'NotifyOnly', 'InstallLater', 'InstallForceRestart'];
}
