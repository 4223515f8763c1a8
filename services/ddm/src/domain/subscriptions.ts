import {
  activation,
  declarationUnfitFor,
  isOsVersion,
  majorOf,
  statusItemsFor,
  statusSubscriptions,
  type CommandTarget,
  type Platform,
} from '@lamplighter/apple';
import { derivedUuid, type NewDeclaration } from '@lamplighter/contracts';

const TYPE = 'com.apple.configuration.management.status-subscriptions';
/** What updates need to know; `management.*` comes by itself. */
const ITEMS = ['softwareupdate.', 'device.operating-system.'];
/** iOS 15 has declarative management for User Enrollments alone. */
const FIRST_IOS = 16;

const PLATFORMS: readonly Platform[] = ['macOS', 'iOS', 'iPadOS', 'tvOS', 'visionOS', 'watchOS'];

export interface Subscriber {
  platform: string | null | undefined;
  osVersion: string | null | undefined;
  /** As `EnrollmentKind` has it. */
  kind: string;
}

/**
 * The status subscriptions of a device, with the activation that they need; the same for all devices that can report the same.
 * Undefined for user channels, and where its OS is not known or has no declarative management.
 */
export function subscriptionsOf(device: Subscriber): NewDeclaration[] | undefined {
  const target = targetOf(device);
  if (target?.channel !== 'device' || !hasDeclarations(target)) return undefined;
  const names = statusItemsFor(ITEMS, target);
  const identifier = `io.lamplighter.status.${derivedUuid(...names)}`;
  const made = [
    statusSubscriptions(identifier, names),
    activation(`io.lamplighter.status.activation.${derivedUuid(...names)}`, [identifier]),
  ];
  return made.map(({ payload, ...one }) => ({ ...one, payload: { ...payload } }));
}

/** What the device's enrollment is to Apple's schema; undefined where its OS is not known. */
export function targetOf({ platform, osVersion, kind }: Subscriber): CommandTarget | undefined {
  const known = PLATFORMS.find((one) => one === platform);
  if (known === undefined || osVersion == null || !isOsVersion(osVersion)) return undefined;
  const channel = kind === 'user' || kind === 'shared-ipad' ? 'user' : 'device';
  return { platform: known, osVersion, channel, userEnrollment: kind === 'user-enrollment' };
}

/** Whether its OS has declarative management at all. */
export function hasDeclarations(target: CommandTarget): boolean {
  const { platform, osVersion, userEnrollment } = target;
  const isOldIos = (platform === 'iOS' || platform === 'iPadOS') && majorOf(osVersion) < FIRST_IOS;
  return declarationUnfitFor(TYPE, target) === undefined && !(isOldIos && userEnrollment !== true);
}
