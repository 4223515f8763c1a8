import { type CommandUnfit, platformOf, unfitFor } from '@lamplighter/apple';
import type { EnrollmentKind } from './enrollment.ts';

/** What is known of some devices alike: from their newest report, or from their Authenticate where none has come. */
export interface DeviceTraits {
  kind: EnrollmentKind;
  /** Null or `unknown`: not told by a report. */
  platform: string | null;
  osVersion: string | null;
  /** Null: not known. */
  isSupervised: boolean | null;
  /** ProductName or Model as Authenticate said it, where no report tells the platform. */
  productName: string | null;
}

/** Why devices of these traits cannot take a command; undefined where they can, or where nobody knows. */
export function unfitTraits(requestType: string, traits: DeviceTraits): CommandUnfit | undefined {
  const { kind, platform, osVersion, isSupervised, productName } = traits;
  if (osVersion === null) return undefined;
  const told = PLATFORMS.find((one) => one === platform);
  const isShared = kind === 'shared-ipad';
  const isDevice = kind === 'device' || kind === 'user-enrollment';
  return unfitFor(requestType, {
    platform: told ?? platformOf(productName ?? undefined),
    osVersion,
    channel: isDevice ? 'device' : 'user',
    ...(isSupervised === null ? {} : { supervised: isSupervised }),
    // Of a user channel nobody knows here how its device enrolled, and of an iPad not whether it is shared.
    ...(isDevice ? { userEnrollment: kind === 'user-enrollment' } : {}),
    ...(isShared ? { sharedIpad: true } : {}),
  });
}

const PLATFORMS = ['macOS', 'iOS', 'iPadOS', 'tvOS', 'visionOS', 'watchOS'] as const;
