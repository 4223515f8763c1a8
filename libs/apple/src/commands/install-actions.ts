import { supports } from '../schema/fit.ts';
import { compareOsVersions } from '../versions/os-version.ts';
import type { Platform } from '../versions/platform.ts';
import type { InstallAction } from './commands.ts';

const EVERYWHERE: readonly InstallAction[] = ['Default', 'DownloadOnly', 'InstallASAP'];

/**
 * The install actions that a platform's ScheduleOSUpdate takes; empty where it has no ScheduleOSUpdate. Apple's schema says so in
 * prose alone.
 */
export function installActionsOf(platform: Platform, osVersion: string): readonly InstallAction[] {
  if (!supports('ScheduleOSUpdate', platform, osVersion)) return [];
  if (platform !== 'macOS') return EVERYWHERE;
  if (compareOsVersions(osVersion, '11.0') < 0) return ['Default', 'InstallASAP', 'NotifyOnly', 'InstallLater'];
  return [...EVERYWHERE, 'NotifyOnly', 'InstallLater', 'InstallForceRestart'];
}
