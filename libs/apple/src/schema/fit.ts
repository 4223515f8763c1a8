import { COMMANDS } from '../generated/commands.ts';
import { compareOsVersions, isOsVersion } from '../versions/os-version.ts';
import type { Platform } from '../versions/platform.ts';
import type { OsFacts, SchemaOs, Support } from './model.ts';

/** The device, or the user's channel of it, that a command is meant for. */
export interface CommandTarget {
  readonly platform: Platform;
  readonly osVersion: string;
  readonly channel: 'device' | 'user';
  /** Undefined: not known. */
  readonly supervised?: boolean;
  readonly userEnrollment?: boolean;
  readonly sharedIpad?: boolean;
}

export interface CommandUnfit {
  readonly reason:
    | 'platform'
    | 'not-introduced'
    | 'removed'
    | 'channel'
    | 'not-supervised'
    | 'user-enrollment'
    | 'shared-ipad';
  /** For a person: `ScheduleOSUpdate was removed in macOS 27.0; this device has 27.1`. */
  readonly detail: string;
}

/**
 * Why a device cannot take a command, by Apple's schema. Undefined where it takes it, where the command is not in the schema (newer
 * than ours), and where platform or OS version cannot be read. What is not known of the target refuses nothing.
 */
export function unfitFor(requestType: string, target: CommandTarget): CommandUnfit | undefined {
  const support = Object.hasOwn(COMMANDS, requestType) ? COMMANDS[requestType]?.os : undefined;
  return support && unfit(requestType, support, target);
}

/** The same for anything that has such facts. */
export function unfit(name: string, support: Support, target: CommandTarget): CommandUnfit | undefined {
  const os = schemaOs(target.platform);
  if (os === undefined || !isOsVersion(target.osVersion)) return undefined;
  const facts = support[os];
  if (facts?.introduced === undefined || facts.introduced === 'n/a') {
    return { reason: 'platform', detail: `${target.platform} has no ${name}` };
  }
  return byVersion(name, facts, target) ?? byChannel(name, facts, target) ?? byEnrollment(name, facts, target);
}

/** Where the schema speaks of a platform. iPads before 13.0 ran iOS, so the versions of iOS hold for them too. */
export function schemaOs(platform: Platform): SchemaOs | undefined {
  if (platform === 'unknown') return undefined;
  return platform === 'iPadOS' ? 'iOS' : platform;
}

function byVersion(name: string, facts: OsFacts, { platform, osVersion }: CommandTarget): CommandUnfit | undefined {
  const { introduced = '', removed } = facts;
  const has = `this device has ${osVersion}`;
  if (compareOsVersions(osVersion, introduced) < 0) {
    return { reason: 'not-introduced', detail: `${name} came with ${platform} ${introduced}; ${has}` };
  }
  if (removed !== undefined && compareOsVersions(osVersion, removed) >= 0) {
    return { reason: 'removed', detail: `${name} was removed in ${platform} ${removed}; ${has}` };
  }
  return undefined;
}

/** The device channel is open unless it is closed, the user channel closed unless it is open. Of iOS only Shared iPad has a user channel. */
function byChannel(name: string, facts: OsFacts, target: CommandTarget): CommandUnfit | undefined {
  const { platform, channel } = target;
  const onIos = schemaOs(platform) === 'iOS';
  const open =
    channel === 'user'
      ? (onIos ? facts.sharedIpad : facts)?.userChannel === true
      : ((target.sharedIpad === true ? facts.sharedIpad : undefined) ?? facts).deviceChannel !== false;
  return open ? undefined : { reason: 'channel', detail: `${platform} takes no ${name} on the ${channel} channel` };
}

function byEnrollment(name: string, facts: OsFacts, target: CommandTarget): CommandUnfit | undefined {
  if (facts.supervised === true && target.supervised === false) {
    return { reason: 'not-supervised', detail: `${name} needs a supervised device on ${target.platform}` };
  }
  const user = byMode(facts.userEnrollment, target.userEnrollment);
  if (user !== undefined) return { reason: 'user-enrollment', detail: `${name} is ${user} User Enrollment` };
  const shared = byMode(facts.sharedIpad?.mode, target.sharedIpad);
  if (shared !== undefined) return { reason: 'shared-ipad', detail: `${name} is ${shared} Shared iPad` };
  return undefined;
}

function byMode(mode: OsFacts['userEnrollment'], is: boolean | undefined): string | undefined {
  if (mode === 'forbidden' && is === true) return 'not taken under';
  if (mode === 'required' && is === false) return 'only taken under';
  return undefined;
}
