import { BUILD, dayOf, devices, FeedError, parseJson, record, records, titleOf } from './feed-error.ts';
import { type FeedOs, isSeedBuild, type ListedProduct, type ListedRelease } from './listed.ts';

/** `macOS`, `iOS` (with iPadOS), `tvOS`, `watchOS`, `visionOS`: each has a document of its own. */
export type SofaOs = 'macOS' | 'iOS' | 'tvOS' | 'watchOS' | 'visionOS';

export interface SofaFeed {
  readonly os: SofaOs;
  readonly releases: ListedRelease[];
  /** The full installers of macOS that it names by their product key. */
  readonly products: ListedProduct[];
}

/**
 * Reads a feed of the Mac Admins' SOFA (`macos_data_feed.json`, `ios_data_feed.json`, …; versions 1 and 2), as text or as
 * parsed JSON. In version 1 only the latest release of a major version has a build. What is no OS release (Safari, XProtect)
 * and unknown keys are passed over. Throws FeedError; a feed that is of no known OS is one.
 */
export function parseSofa(input: unknown): SofaFeed {
  const root = record(typeof input === 'string' ? parseJson(input) : input, '$');
  const majors = records(root['OSVersions'], '$.OSVersions');
  const raw = majors.flatMap(({ entry, path }) => readMajor(entry, path));
  const os = systemOf(raw, root);
  const releases = merged(raw.map((one) => released(one, os)));
  return { os, releases, products: os === 'macOS' ? installers(root['InstallationApps']) : [] };
}

interface Raw {
  entry: Record<string, unknown>;
  path: string;
  latest: boolean;
}

function readMajor(major: Record<string, unknown>, path: string): Raw[] {
  const { Latest: latest, SecurityReleases: all } = major;
  return [
    ...(latest === undefined
      ? []
      : [{ entry: record(latest, `${path}.Latest`), path: `${path}.Latest`, latest: true }]),
    ...(all === undefined ? [] : records(all, `${path}.SecurityReleases`)).map((one) => ({ ...one, latest: false })),
  ].filter(({ entry }) => isOsRelease(entry));
}

/** SOFA lists Safari among a Mac's releases. */
function isOsRelease({ ProductName: name }: Record<string, unknown>): boolean {
  return typeof name !== 'string' || SYSTEM.test(name);
}

const SYSTEM = /\b(macOS|iOS|iPadOS|tvOS|watchOS|visionOS)\b/;

function systemOf(raw: readonly Raw[], root: Record<string, unknown>): SofaOs {
  for (const { entry } of raw) {
    const found = typeof entry['ProductName'] === 'string' ? SYSTEM.exec(entry['ProductName'])?.[1] : undefined;
    if (found !== undefined) return found === 'iPadOS' ? 'iOS' : (found as SofaOs);
  }
  const sample = raw.find(({ entry }) => Array.isArray(entry['SupportedDevices']))?.entry['SupportedDevices'];
  if (root['InstallationApps'] !== undefined && sample !== undefined) return 'macOS';
  throw new FeedError('$.OSVersions', 'a list of releases whose ProductName is an OS of Apple');
}

/** As Apple lists them. */
const LISTS: Readonly<Record<SofaOs, FeedOs>> = {
  macOS: 'macOS',
  iOS: 'iOS',
  tvOS: 'iOS',
  watchOS: 'iOS',
  visionOS: 'visionOS',
};

function released({ entry, path, latest }: Raw, os: SofaOs): ListedRelease[] {
  const { version, extra } = versionOf(entry['ProductVersion'], `${path}.ProductVersion`);
  const postedAt = dayOf(entry['ReleaseDate']);
  if (postedAt === undefined) throw new FeedError(`${path}.ReleaseDate`, 'a date');
  const expiresAt = dayOf(entry['ExpirationDate']);
  const name = titleOf(entry['UpdateName']);
  const isImprovement = extra !== undefined || /^(RSR|BSI)$/i.test(String(entry['ReleaseType']));
  const shared = {
    set: isImprovement ? ('sofa-bsi' as const) : ('sofa' as const),
    os: LISTS[os],
    version,
    postedAt,
    supportedDevices:
      entry['SupportedDevices'] == null ? [] : devices(entry['SupportedDevices'], `${path}.SupportedDevices`),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(extra === undefined ? {} : { versionExtra: extra }),
    ...(name === undefined ? {} : { name }),
    ...(latest ? { latest: true as const } : {}),
  };
  const isBeta = /\bbeta\b/i.test(`${name} ${String(entry['ReleaseType'])}`);
  return buildsOf(entry).map((build) => ({
    ...shared,
    build,
    ...(isBeta || isSeedBuild(build) ? { beta: true as const } : {}),
  }));
}

const VERSION_WITH_EXTRA = /^(\d{1,3}(?:\.\d{1,3}){0,3})(?:\s*(\([a-z]\)))?$/;

function versionOf(value: unknown, path: string): { version: string; extra: string | undefined } {
  const match = typeof value === 'string' ? VERSION_WITH_EXTRA.exec(value.trim()) : null;
  if (match === null) throw new FeedError(path, 'an OS version');
  return { version: match[1]!, extra: match[2] };
}

/** One empty text where it names none. */
function buildsOf(entry: Record<string, unknown>): string[] {
  const all = entry['AllBuilds'];
  const named = [entry['Build'], ...(Array.isArray(all) ? all : [])].filter(
    (build): build is string => typeof build === 'string' && BUILD.test(build),
  );
  return named.length === 0 ? [''] : [...new Set(named)];
}

/** One entry a version and build; what has no build goes where the same version is listed with one. */
function merged(entries: readonly ListedRelease[][]): ListedRelease[] {
  const kept = new Map<string, ListedRelease>();
  const rest: ListedRelease[] = [];
  for (const entry of entries.flat()) {
    if (entry.build === '') rest.push(entry);
    else kept.set(keyOf(entry), together(kept.get(keyOf(entry)), entry));
  }
  const versions = Map.groupBy(kept.values(), (one) => `${one.version} ${one.versionExtra ?? ''}`);
  for (const entry of rest) {
    const same = versions.get(`${entry.version} ${entry.versionExtra ?? ''}`) ?? [];
    for (const one of same) kept.set(keyOf(one), together(entry, one));
    if (same.length === 0) kept.set(keyOf(entry), together(kept.get(keyOf(entry)), entry));
  }
  return [...kept.values()];
}

/** What both say is said by `b`; models are of both. */
function together(a: ListedRelease | undefined, b: ListedRelease): ListedRelease {
  return { ...a, ...b, supportedDevices: [...new Set([...(a?.supportedDevices ?? []), ...b.supportedDevices])] };
}

function keyOf({ version, versionExtra = '', build }: ListedRelease): string {
  return `${version} ${versionExtra} ${build}`;
}

/** `InstallationApps` names each full installer's product key as `apple_slug`. What is incomplete there is passed over. */
function installers(apps: unknown): ListedProduct[] {
  if (typeof apps !== 'object' || apps === null) return [];
  const { LatestUMA: latest, AllPreviousUMA: former } = apps as Record<string, unknown>;
  const all = [latest, ...(Array.isArray(former) ? former : [])].filter(
    (one) => typeof one === 'object' && one !== null,
  );
  const products = all.flatMap((one) => installerOf(one as Record<string, unknown>));
  return [...new Map(products.map((one) => [one.productKey, one])).values()];
}

function installerOf({ title, version, build, apple_slug: key }: Record<string, unknown>): ListedProduct[] {
  if (typeof key !== 'string' || !/^[\w-]{1,100}$/.test(key)) return [];
  const match = typeof version === 'string' ? VERSION_WITH_EXTRA.exec(version) : null;
  if (match === null || typeof build !== 'string' || !BUILD.test(build)) return [];
  const name = titleOf(title);
  const product: ListedProduct = {
    productKey: key,
    kind: 'installer',
    version: match[1]!,
    build,
    supportedDevices: [],
  };
  const isBeta = isSeedBuild(build) || /\bbeta\b/i.test(name ?? '');
  return [{ ...product, ...(name === undefined ? {} : { name }), ...(isBeta ? { beta: true as const } : {}) }];
}
