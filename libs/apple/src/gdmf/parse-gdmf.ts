import { AppleError } from '../apple-error.ts';

/** `public`: what users are offered; `all`: also what may only be enforced or deferred to; `bsi`: Background Security Improvements. */
export type ReleaseSet = 'public' | 'all' | 'bsi';
/** `iOS` also lists iPad, Apple TV, HomePod and Watch entries: tell them apart by supportedDevices. */
export type GdmfOs = 'iOS' | 'macOS' | 'visionOS';

export interface GdmfRelease {
  readonly set: ReleaseSet;
  readonly os: GdmfOs;
  readonly version: string;
  readonly build: string;
  /** `YYYY-MM-DD`. */
  readonly postedAt: string;
  /** `YYYY-MM-DD`; absent where Apple names no end. */
  readonly expiresAt?: string;
  /** ProductNames (`iPhone15,2`); board ids (`J414sAP`) for macOS. */
  readonly supportedDevices: readonly string[];
  /** Background Security Improvements only: `(a)`. */
  readonly versionExtra?: string;
  /** Background Security Improvements only: the build that it goes on top of. */
  readonly prerequisiteBuild?: string;
}

/** The feed is not what Apple's `/v2/pmv` answers; `path` leads to the fault. */
export class GdmfError extends AppleError {
  readonly code = 'gdmf.invalid';
  readonly path: string;

  constructor(path: string, expected: string) {
    super(`release feed: ${path} is not ${expected}`);
    this.path = path;
  }
}

const SETS: readonly (readonly [string, ReleaseSet])[] = [
  ['PublicAssetSets', 'public'],
  ['AssetSets', 'all'],
  ['PublicBackgroundSecurityImprovements', 'bsi'],
];
const SYSTEMS: readonly GdmfOs[] = ['iOS', 'macOS', 'visionOS'];

/**
 * Reads Apple's release feed (`https://gdmf.apple.com/v2/pmv`), bare or under `data`, as text or as parsed JSON.
 * Unknown sets, systems and keys are passed over. Throws GdmfError; a feed without any set is one.
 */
export function parseGdmf(input: unknown): GdmfRelease[] {
  const root = record(typeof input === 'string' ? parseJson(input) : input, '$');
  const inner = root['data'];
  const [feed, base] = inner === undefined ? [root, '$'] : [record(inner, '$.data'), '$.data'];
  const known = SETS.filter(([name]) => feed[name] !== undefined);
  if (known.length === 0) throw new GdmfError(base, `an object with ${SETS.map(([name]) => name).join(', ')}`);
  return known.flatMap(([name, set]) => readSet(record(feed[name], `${base}.${name}`), `${base}.${name}`, set));
}

function readSet(systems: Record<string, unknown>, path: string, set: ReleaseSet): GdmfRelease[] {
  return SYSTEMS.filter((os) => systems[os] !== undefined).flatMap((os) => {
    const entries = systems[os];
    if (!Array.isArray(entries)) throw new GdmfError(`${path}.${os}`, 'an array');
    return entries.map((entry, index) =>
      readEntry(record(entry, `${path}.${os}[${index}]`), `${path}.${os}[${index}]`, set, os),
    );
  });
}

function readEntry(entry: Record<string, unknown>, path: string, set: ReleaseSet, os: GdmfOs): GdmfRelease {
  const devices = entry['SupportedDevices'];
  if (!Array.isArray(devices) || !devices.every((device) => typeof device === 'string')) {
    throw new GdmfError(`${path}.SupportedDevices`, 'an array of strings');
  }
  return {
    set,
    os,
    version: text(entry, 'ProductVersion', path, /^\d+(?:\.\d+){0,3}$/, 'an OS version'),
    build: text(entry, 'Build', path, /^\w{3,20}$/, 'a build'),
    postedAt: text(entry, 'PostingDate', path, DAY, 'a date (YYYY-MM-DD)'),
    ...(entry['ExpirationDate'] == null
      ? {}
      : { expiresAt: text(entry, 'ExpirationDate', path, DAY, 'a date (YYYY-MM-DD)') }),
    supportedDevices: devices,
    ...(set === 'bsi' ? readImprovement(entry) : {}),
  };
}

const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

function readImprovement(entry: Record<string, unknown>): {
  versionExtra?: string;
  prerequisiteBuild?: string;
} {
  const extra = entry['ProductVersionExtra'];
  const prerequisite = entry['PrerequisiteBuild'];
  return {
    ...(typeof extra === 'string' ? { versionExtra: extra } : {}),
    ...(typeof prerequisite === 'string' ? { prerequisiteBuild: prerequisite } : {}),
  };
}

function text(entry: Record<string, unknown>, key: string, path: string, form: RegExp, expected: string): string {
  const value = entry[key];
  if (typeof value !== 'string' || !form.test(value)) throw new GdmfError(`${path}.${key}`, expected);
  return value;
}

function record(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new GdmfError(path, 'an object');
  return value as Record<string, unknown>;
}

function parseJson(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    throw new GdmfError('$', 'JSON');
  }
}
