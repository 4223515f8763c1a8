import { compareOsVersions, majorOf } from '@lamplighter/apple';
import type { Platform, PolicySpec, TargetSpec } from '@lamplighter/contracts';
import type { Judgement, Path } from './judge.ts';

/** The first release of each platform that MDM can update, and the last before all took the number 26. */
const RELEASES: Record<Platform, { first: string; lastBefore26: number }> = {
  macOS: { first: '10.11', lastBefore26: 15 },
  iOS: { first: '9', lastBefore26: 18 },
  iPadOS: { first: '13', lastBefore26: 18 },
  tvOS: { first: '9', lastBefore26: 18 },
  visionOS: { first: '1', lastBefore26: 2 },
};

/** Versions that the platforms can have, bounds in order. */
export function judgeTargets(judgement: Judgement): void {
  const { spec } = judgement;
  const common = spec.platforms.filter((platform) => spec.byPlatform[platform]?.target === undefined);
  judgeTarget(judgement, ['target'], spec.target, common);
  for (const platform of spec.platforms) {
    const target = spec.byPlatform[platform]?.target;
    if (target) judgeTarget(judgement, ['byPlatform', platform, 'target'], target, [platform]);
  }
}

function judgeTarget(judgement: Judgement, path: Path, target: TargetSpec, platforms: readonly Platform[]): void {
  if (target.kind === 'exact') return judgeExact(judgement, path, target, platforms);
  if (target.kind === 'minimum') {
    impossible(judgement, [...path, 'version'], target.version, platforms);
    if (target.maximumVersion !== undefined && above(target.version, target.maximumVersion)) {
      judgement.fault([...path, 'version'], {
        message: `the minimum ${target.version} is above the maximum ${target.maximumVersion}: no release is both`,
        remedy: 'raise maximumVersion, lower version, or use the kind exact',
      });
    }
  }
  if (target.maximumVersion !== undefined) warnOfMaximum(judgement, path, target.maximumVersion, platforms);
}

type Exact = Extract<TargetSpec, { kind: 'exact' }>;

function judgeExact(judgement: Judgement, path: Path, target: Exact, platforms: readonly Platform[]): void {
  impossible(judgement, [...path, 'version'], target.version, platforms);
  if (target.build === undefined) return;
  if (!/^\d+[A-Z]\d+[a-z]?$/.test(target.build)) {
    judgement.fault([...path, 'build'], {
      message: `"${target.build}" is no build of Apple's`,
      remedy: 'write it as the catalogue does, such as 24G231 ("lamp catalog show"), or leave it out',
    });
  } else if (platforms.length > 1) {
    judgement.warn([...path, 'build'], {
      message: `each platform has builds of its own: at most one of ${platforms.join(', ')} finds this one`,
      remedy: 'leave build out, or give each platform its target under byPlatform',
    });
  }
}

/** A version that these platforms never had. */
function impossible(judgement: Judgement, path: Path, version: string, platforms: readonly Platform[]): void {
  const wrong = platforms.filter((platform) => !exists(platform, version));
  if (wrong.length === 0) return;
  const has = wrong.map(
    (one) => `${one} had ${RELEASES[one].first} to ${RELEASES[one].lastBefore26}, then 26 and later`,
  );
  const alone = path.length > 2 || platforms.length === 1;
  judgement.fault(path, {
    message: `there is no ${wrong.map((one) => `${one} ${version}`).join(', no ')}: ${has.join('; ')}`,
    remedy: alone
      ? 'correct the version'
      : `give ${wrong.join(', ')} ${wrong.length === 1 ? 'a target of its own' : 'targets of their own'} under byPlatform, or take ${wrong.length === 1 ? 'it' : 'them'} out of platforms`,
  });
}

function exists(platform: Platform, version: string): boolean {
  const { first, lastBefore26 } = RELEASES[platform];
  const major = majorOf(version);
  return compareOsVersions(version, first) >= 0 && (major <= lastBefore26 || major >= 26);
}

/** A bound below 26 means another thing on each platform. */
function warnOfMaximum(judgement: Judgement, path: Path, maximum: string, platforms: readonly Platform[]): void {
  const major = majorOf(maximum);
  const kinds = new Set(platforms.map((platform) => RELEASES[platform].lastBefore26));
  if (major >= 26 || kinds.size < 2) return;
  judgement.warn([...path, 'maximumVersion'], {
    message: `before 26 the platforms were numbered apart: ${platforms.join(', ')} all stay at or below ${maximum}`,
    remedy: 'give each platform its maximum under byPlatform where that is not meant',
  });
}

/** Whether the version is above all that the maximum takes in (`15` takes in 15.7). */
function above(version: string, maximum: string): boolean {
  const parts = maximum.split('.').length;
  const cut = version.split('.').slice(0, parts).join('.');
  return compareOsVersions(cut, maximum) > 0;
}

/** Days that a target waits after a release; an exact one waits for none. */
export function daysAfterReleaseOf(spec: PolicySpec): number[] {
  const targets = [spec.target, ...spec.platforms.flatMap((one) => spec.byPlatform[one]?.target ?? [])];
  return targets.map((target) => (target.kind === 'exact' ? 0 : target.daysAfterRelease));
}
