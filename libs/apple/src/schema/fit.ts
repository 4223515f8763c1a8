import { COMMANDS } from '../generated/commands.ts';
import type { Commands } from '../generated/commands.ts';
import { DECLARATIONS } from '../generated/declarations.ts';
import type { Declarations } from '../generated/declarations.ts';
import { STATUS_ITEMS } from '../generated/status-items.ts';
import { compareOsVersions, isOsVersion } from '../versions/os-version.ts';
import type { Platform } from '../versions/platform.ts';
import type { OsFacts, OsSupport, SchemaOs } from './model.ts';
import { entryOf, placesOf } from './places.ts';
import type { Dict, Place } from './places.ts';

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
  const facts = entryOf(COMMANDS, requestType);
  return facts && unfit(requestType, facts.os, target);
}

/**
 * The same for a declaration. The device channel is the scope `system` there, the user channel the scope `user`. The schema gives
 * scopes to configurations alone: activations, assets and management properties go with them.
 */
export function declarationUnfitFor(type: string, target: CommandTarget): CommandUnfit | undefined {
  const facts = entryOf(DECLARATIONS, type);
  const found = facts && unfit(type, facts.os, target);
  return found?.reason === 'channel' && !type.startsWith('com.apple.configuration.') ? undefined : found;
}

/** Why a device cannot report a status item. Undefined where it can, and for a name that the schema does not know. */
export function statusItemUnfitFor(name: string, target: CommandTarget): CommandUnfit | undefined {
  const facts = entryOf(STATUS_ITEMS, name);
  return facts && unfit(name, facts.os, target);
}

/** Keys of a command that the target does not take, though it may take the command: most devices ignore them. */
export function unfitKeys(command: Dict, target: CommandTarget): (CommandUnfit & { readonly path: string })[] {
  const os = schemaOs(target.platform);
  const facts = entryOf(COMMANDS, String(command['RequestType']));
  if (os === undefined || !facts) return [];
  return [...placesOf(command, facts)].flatMap((place) => {
    if (!place.facts.os?.[os]) return [];
    const name = place.path.replaceAll(/\[\d+\]/g, '');
    const why = unfit(name, { [os]: holding(place, os, facts.os[os]) }, target);
    return why ? [{ path: place.path, ...why }] : [];
  });
}

/** Whether an OS version takes a command. False where either is not known. */
export function supports(command: keyof Commands, platform: Platform, osVersion: string): boolean {
  return has(COMMANDS[command]?.os, platform, osVersion);
}

/** The same for a declaration. */
export function supportsDeclaration(type: keyof Declarations, platform: Platform, osVersion: string): boolean {
  return has(DECLARATIONS[type]?.os, platform, osVersion);
}

function has(support: OsSupport | undefined, platform: Platform, osVersion: string): boolean {
  const os = schemaOs(platform);
  const facts = os && support?.[os];
  return isOsVersion(osVersion) && facts !== undefined && byVersion('', facts, { platform, osVersion }) === undefined;
}

/** What holds at a place: what it states, and the rest from that in which it stands. */
function holding(place: Place | undefined, os: SchemaOs, command: OsFacts | undefined): OsFacts {
  if (!place) return command ?? {};
  const outer = holding(place.outer, os, command);
  const own = place.facts.os?.[os];
  if (!own) return outer;
  return { ...outer, ...own, sharedIpad: { ...outer.sharedIpad, ...own.sharedIpad } };
}

function unfit(name: string, support: OsSupport, target: CommandTarget): CommandUnfit | undefined {
  const os = schemaOs(target.platform);
  if (os === undefined || !isOsVersion(target.osVersion)) return undefined;
  const facts = support[os];
  if (facts?.introduced === undefined || facts.introduced === 'n/a') {
    return { reason: 'platform', detail: `${target.platform} has no ${name}` };
  }
  return byVersion(name, facts, target) ?? byChannel(name, facts, target) ?? byEnrollment(name, facts, target);
}

/** Where the schema speaks of a platform. iPads before 13.0 ran iOS, so the versions of iOS hold for them too. */
function schemaOs(platform: Platform): SchemaOs | undefined {
  if (platform === 'unknown') return undefined;
  return platform === 'iPadOS' ? 'iOS' : platform;
}

function byVersion(
  name: string,
  facts: OsFacts,
  { platform, osVersion }: Pick<CommandTarget, 'platform' | 'osVersion'>,
): CommandUnfit | undefined {
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
