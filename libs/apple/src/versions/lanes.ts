import { isOsVersion, majorOf, compareOsVersions } from './os-version.ts';
import type { Platform } from './platform.ts';

const ENFORCEMENT_SINCE: Partial<Record<Platform, string>> = {
  iOS: '17.0',
  iPadOS: '17.0',
  macOS: '14.0',
  tvOS: '18.4',
  visionOS: '26.0',
};

/** Whether the OS knows `com.apple.configuration.softwareupdate.enforcement.specific`. */
export function ddmEnforcementSupported(platform: Platform, osVersion: string): boolean {
  const since = ENFORCEMENT_SINCE[platform];
  return since !== undefined && isOsVersion(osVersion) && compareOsVersions(osVersion, since) >= 0;
}

const COMMANDS_SINCE: Partial<Record<Platform, string>> = {
  iOS: '9.0',
  iPadOS: '13.0',
  macOS: '10.11',
  tvOS: '12.0',
};

/** The four update commands are gone from this major version on. */
export const UPDATE_COMMANDS_REMOVED_IN = 27;

/** Whether the OS still takes ScheduleOSUpdate and its companions: removed in 27, never there on visionOS and watchOS. */
export function mdmUpdateCommandsSupported(platform: Platform, osVersion: string): boolean {
  const since = COMMANDS_SINCE[platform];
  if (since === undefined || !isOsVersion(osVersion)) return false;
  return compareOsVersions(osVersion, since) >= 0 && majorOf(osVersion) < UPDATE_COMMANDS_REMOVED_IN;
}
