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
export function subscriptionsOf({ platform, osVersion, kind }: Subscriber): NewDeclaration[] | undefined {
  const known = PLATFORMS.find((one) => one === platform);
  if (known === undefined || osVersion == null || !isOsVersion(osVersion)) return undefined;
  if (kind !== 'device' && kind !== 'user-enrollment') return undefined;
  const userEnrollment = kind === 'user-enrollment';
  const target: CommandTarget = { platform: known, osVersion, channel: 'device', userEnrollment };
  const isOldIos = (known === 'iOS' || known === 'iPadOS') && majorOf(osVersion) < FIRST_IOS;
  if (declarationUnfitFor(TYPE, target) !== undefined || (isOldIos && !userEnrollment)) return undefined;
  const names = statusItemsFor(ITEMS, target);
  const identifier = `io.lamplighter.status.${derivedUuid(...names)}`;
  const made = [
    statusSubscriptions(identifier, names),
    activation(`io.lamplighter.status.activation.${derivedUuid(...names)}`, [identifier]),
  ];
  return made.map(({ payload, ...one }) => ({ ...one, payload: { ...payload } }));
}
