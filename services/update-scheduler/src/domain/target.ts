import { osVersionKey } from '@lamplighter/apple';
import type { Platform, PolicySpec, TargetSpec } from '@lamplighter/contracts';
import type { Update } from './update.ts';

export interface TargetBounds {
  /** Version keys (`osVersionKey`), both included. */
  low: number;
  high: number;
  build: string | null;
  withinMajor: boolean;
  /** Devices at this version key or above are left alone, whatever is listed; null where only a release decides. */
  enough: number | null;
  /** A release counts from this many days after it was posted. */
  daysAfterRelease: number;
  securityResponses: boolean;
}

/** Which releases a policy allows. A maximum of `26` takes in all of 26, `26.5` all of 26.5. */
export function targetBounds(target: TargetSpec): TargetBounds {
  if (target.kind === 'exact') {
    const key = osVersionKey(target.version);
    const build = target.build ?? null;
    return { ...NO_TERMS, low: key, high: key, build, withinMajor: false, enough: build === null ? key : null };
  }
  return {
    low: 0,
    high: target.maximumVersion === undefined ? Number.MAX_SAFE_INTEGER : lastOf(target.maximumVersion),
    build: null,
    withinMajor: target.kind === 'newest-minor',
    enough: target.kind === 'minimum' ? osVersionKey(target.version) : null,
    daysAfterRelease: target.daysAfterRelease,
    securityResponses: target.securityResponses,
  };
}

const NO_TERMS = { daysAfterRelease: 0, securityResponses: false };

/** The bounds for each platform of the policy, once each. In an emergency a release counts from the day on which it was posted. */
export function targetsOf(
  spec: Pick<PolicySpec, 'platforms' | 'target' | 'byPlatform'>,
  isEmergency: boolean,
): (TargetBounds & { platform: Platform })[] {
  return [...new Set(spec.platforms)].map((platform) => {
    const bounds = targetBounds(spec.byPlatform[platform]?.target ?? spec.target);
    return { platform, ...bounds, daysAfterRelease: isEmergency ? 0 : bounds.daysAfterRelease };
  });
}

/** Whether an update brings a security improvement to a device that runs its version: the build alone tells whether it is there. */
export function isImprovement({ fromVersion, targetVersion }: Pick<Update, 'fromVersion' | 'targetVersion'>): boolean {
  return fromVersion !== null && targetVersion !== '' && osVersionKey(fromVersion) === osVersionKey(targetVersion);
}

/** What a device says that it runs. */
export interface Running {
  osVersion?: string | undefined;
  supplementalBuild?: string | undefined;
}

/** Undefined where it does not say what tells. */
export function hasReached(update: Update, { osVersion, supplementalBuild }: Running): boolean | undefined {
  const now = osVersion === undefined ? -1 : osVersionKey(osVersion);
  if (now < 0 || update.targetVersion === '') return undefined;
  const target = osVersionKey(update.targetVersion);
  if (now !== target || !isImprovement(update)) return now >= target;
  return supplementalBuild === undefined ? undefined : isAtLeast(supplementalBuild, update.targetBuild);
}

/** Whether of two builds of one OS version the first has what the second brings: a device may take the next improvement by itself. */
function isAtLeast(build: string, target: string): boolean {
  const [[train, number, letter], [sameTrain, least, leastLetter]] = [partsOf(build), partsOf(target)];
  if (build === target || train === '' || train !== sameTrain) return build === target;
  return number === least ? letter >= leastLetter : number > least;
}

/** `23U771330a`: train, number, letter. The build of an OS itself has a smaller number than those of its improvements. */
function partsOf(build: string): [train: string, number: number, letter: string] {
  const [, train = '', number = '0', letter = ''] = /^(\d+[A-Z])(\d+)([a-z]?)$/.exec(build) ?? [];
  return [train, Number(number), letter];
}

function lastOf(version: string): number {
  const rest = [999_999, 999, 0][version.split('.').length - 1] ?? 0;
  return osVersionKey(version) + rest;
}
