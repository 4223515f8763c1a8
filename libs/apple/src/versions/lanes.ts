import { supports, supportsDeclaration } from '../schema/fit.ts';
import type { Platform } from './platform.ts';

/** Whether the OS knows `com.apple.configuration.softwareupdate.enforcement.specific`. */
export function ddmEnforcementSupported(platform: Platform, osVersion: string): boolean {
  return supportsDeclaration('com.apple.configuration.softwareupdate.enforcement.specific', platform, osVersion);
}

/** Whether the OS still takes ScheduleOSUpdate and its companions: removed in 27, never there on visionOS and watchOS. */
export function mdmUpdateCommandsSupported(platform: Platform, osVersion: string): boolean {
  return supports('ScheduleOSUpdate', platform, osVersion);
}
