import { BUILD, dayOf, devices, FeedError, parseJson, record, records, titleOf, VERSION } from './feed-error.ts';
import { type FeedOs, isSeedBuild, type ListedRelease, type ReleaseSet } from './listed.ts';

const SETS: readonly (readonly [string, ReleaseSet])[] = [
  ['PublicAssetSets', 'public'],
  ['AssetSets', 'all'],
  ['PublicBackgroundSecurityImprovements', 'bsi'],
];
const SYSTEMS: readonly FeedOs[] = ['iOS', 'macOS', 'visionOS'];

/** Whether it looks like GDMF's document: it has one of its sets, bare or under `data`. */
export function looksLikeGdmf(root: Record<string, unknown>): boolean {
  const inner = root['data'];
  const feed = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : root;
  return SETS.some(([name]) => feed[name] !== undefined);
}

/**
 * Reads Apple's release feed (`https://gdmf.apple.com/v2/pmv`), bare or under `data`, as text or as parsed JSON.
 * Unknown sets, systems and keys are passed over. Throws FeedError; a feed without any set is one.
 */
export function parseGdmf(input: unknown): ListedRelease[] {
  const root = record(typeof input === 'string' ? parseJson(input) : input, '$');
  const inner = root['data'];
  const [feed, base] = inner === undefined ? [root, '$'] : [record(inner, '$.data'), '$.data'];
  const known = SETS.filter(([name]) => feed[name] !== undefined);
  if (known.length === 0) throw new FeedError(base, `an object with ${SETS.map(([name]) => name).join(', ')}`);
  return known.flatMap(([name, set]) => readSet(record(feed[name], `${base}.${name}`), `${base}.${name}`, set));
}

function readSet(systems: Record<string, unknown>, path: string, set: ReleaseSet): ListedRelease[] {
  return SYSTEMS.filter((os) => systems[os] !== undefined).flatMap((os) =>
    records(systems[os], `${path}.${os}`).map((one) => readEntry(one.entry, one.path, set, os)),
  );
}

function readEntry(entry: Record<string, unknown>, path: string, set: ReleaseSet, os: FeedOs): ListedRelease {
  const build = text(entry, 'Build', path, BUILD, 'a build');
  return {
    set,
    os,
    version: text(entry, 'ProductVersion', path, VERSION, 'an OS version'),
    build,
    postedAt: day(entry, 'PostingDate', path),
    ...(entry['ExpirationDate'] == null ? {} : { expiresAt: day(entry, 'ExpirationDate', path) }),
    supportedDevices: devices(entry['SupportedDevices'], `${path}.SupportedDevices`),
    ...(set === 'bsi' ? readImprovement(entry) : {}),
    ...(isSeedBuild(build) ? { beta: true as const } : {}),
  };
}

function readImprovement(entry: Record<string, unknown>): { versionExtra?: string; prerequisiteBuild?: string } {
  const extra = titleOf(entry['ProductVersionExtra'])?.slice(0, 20).toWellFormed();
  const prerequisite = entry['PrerequisiteBuild'];
  return {
    ...(extra === undefined ? {} : { versionExtra: extra }),
    ...(typeof prerequisite === 'string' && BUILD.test(prerequisite) ? { prerequisiteBuild: prerequisite } : {}),
  };
}

function day(entry: Record<string, unknown>, key: string, path: string): string {
  const value = dayOf(entry[key]);
  if (value === undefined) throw new FeedError(`${path}.${key}`, 'a date (YYYY-MM-DD)');
  return value;
}

function text(entry: Record<string, unknown>, key: string, path: string, form: RegExp, expected: string): string {
  const value = entry[key];
  if (typeof value !== 'string' || !form.test(value)) throw new FeedError(`${path}.${key}`, expected);
  return value;
}
