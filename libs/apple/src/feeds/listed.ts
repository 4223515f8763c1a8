/**
 * Which list of which feed: `public` (offered to users), `all` (may also be enforced or deferred to) and `bsi` (Background
 * Security Improvements) are GDMF's; `sofa` and `sofa-bsi` are SOFA's.
 */
export type ReleaseSet = 'public' | 'all' | 'bsi' | 'sofa' | 'sofa-bsi';

/** `iOS` is also iPad, Apple TV, HomePod and Watch, as Apple lists them: tell them apart by supportedDevices. */
export type FeedOs = 'iOS' | 'macOS' | 'visionOS';

/** One release as a feed lists it. */
export interface ListedRelease {
  readonly set: ReleaseSet;
  readonly os: FeedOs;
  readonly version: string;
  /** Empty where the feed does not say. */
  readonly build: string;
  /** `YYYY-MM-DD`. */
  readonly postedAt: string;
  /** `YYYY-MM-DD`; absent where the feed names no end. */
  readonly expiresAt?: string;
  /** ProductNames (`iPhone15,2`); board ids (`J414sAP`) for macOS. */
  readonly supportedDevices: readonly string[];
  /** Of a security response or improvement: `(a)`. */
  readonly versionExtra?: string;
  /** Background Security Improvements only: the build that it goes on top of. */
  readonly prerequisiteBuild?: string;
  /** For people: `macOS Tahoe 26.6.2`. */
  readonly name?: string;
  /** A seed: never a target. */
  readonly beta?: true;
}

/** What Apple's servers install a Mac's release from; the key is what a Mac calls ProductKey. */
export interface ListedProduct {
  readonly productKey: string;
  /** `installer`: the full installer of a release. */
  readonly kind: 'installer' | 'update';
  readonly name?: string;
  /** Absent where the feed does not say, which is the rule for newer installers. */
  readonly version?: string;
  readonly build?: string;
  /** `YYYY-MM-DD`; absent where the feed does not say. */
  readonly postedAt?: string;
  /** Board ids; empty where the feed does not say. */
  readonly supportedDevices: readonly string[];
  /** Of all its packages, in bytes. */
  readonly sizeBytes?: number;
  /** A seed: never a target. */
  readonly beta?: true;
}

const SEED_BUILD = /^\d{1,3}[A-Z]\d{1,5}[a-z]$/;

/** Seeds end in a small letter (`24A5264n`); so do security responses, whose number has six digits (`25D771280a`). */
export function isSeedBuild(build: string): boolean {
  return SEED_BUILD.test(build);
}
