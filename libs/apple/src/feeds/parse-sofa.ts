import { BUILD, dayOf, devices, FeedError, parseJson, record, records, titleOf, VERSION } from './feed-error.ts';
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
 * parsed JSON. In version 1 only the latest release of a major version has a build, in version 2 only that of macOS has models.
 * What is no OS release (Safari, XProtect) and unknown keys are passed over, and so are the few entries without a version or
 * a date that come of gathering web pages. Throws FeedError where more than a tenth is so, and for a feed of no known OS.
 */
export function parseSofa(input: unknown): SofaFeed {
  const root = record(typeof input === 'string' ? parseJson(input) : input, '$');
  const majors = records(root['OSVersions'], '$.OSVersions');
  const raw = majors.flatMap(({ entry, path }) => readMajor(entry, path));
  const os = systemOf(raw, root);
  const releases = merged(readable(raw, os));
  return { os, releases, products: os === 'macOS' ? installers(root['InstallationApps']) : [] };
}

interface Raw {
  entry: Record<string, unknown>;
  path: string;
}

const MOST_UNREADABLE = 0.1;

function readable(raw: readonly Raw[], os: SofaOs): ListedRelease[][] {
  const faults: FeedError[] = [];
  const read = raw.flatMap((one) => {
    try {
      return [released(one, os)];
    } catch (error) {
      if (!(error instanceof FeedError)) throw error;
      faults.push(error);
      return [];
    }
  });
  if (faults.length > raw.length * MOST_UNREADABLE) throw faults[0]!;
  return read;
}

function readMajor(major: Record<string, unknown>, path: string): Raw[] {
  const { Latest: latest, SecurityReleases: all } = major;
  return [
    ...(latest === undefined ? [] : [{ entry: record(latest, `${path}.Latest`), path: `${path}.Latest` }]),
    ...(all === undefined ? [] : records(all, `${path}.SecurityReleases`)),
  ].filter(({ entry }) => isOsRelease(entry));
}

/** SOFA lists Safari among a Mac's releases. */
function isOsRelease({ ProductName: name }: Record<string, unknown>): boolean {
  return typeof name !== 'string' || SYSTEM.test(name);
}

const SYSTEM = /\b(macOS|iOS|iPadOS|tvOS|watchOS|visionOS)\b/;

function systemOf(raw: readonly Raw[], root: Record<string, unknown>): SofaOs {
  for (const name of [root['OSName'], ...raw.map(({ entry }) => entry['ProductName'])]) {
    const found = typeof name === 'string' ? SYSTEM.exec(name)?.[1] : undefined;
    if (found !== undefined) return found === 'iPadOS' ? 'iOS' : (found as SofaOs);
  }
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

function released({ entry, path }: Raw, os: SofaOs): ListedRelease[] {
  const postedAt = dayOf(entry['ReleaseDate']);
  if (postedAt === undefined) throw new FeedError(`${path}.ReleaseDate`, 'a date');
  const { ProductVersion: version } = entry;
  if (typeof version !== 'string' || !VERSION.test(version))
    throw new FeedError(`${path}.ProductVersion`, 'an OS version');
  const named = entry['SupportedDevices'];
  const expiresAt = dayOf(entry['ExpirationDate']);
  const name = titleOf(entry['UpdateName']);
  const shared = {
    ...setOf(entry),
    os: LISTS[os],
    version,
    postedAt,
    supportedDevices: named == null ? [] : devices(named, `${path}.SupportedDevices`),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(name === undefined ? {} : { name }),
  };
  const isBeta = /\bbeta\b/i.test(`${name} ${String(entry['ReleaseType'])}`);
  return buildsOf(entry).map((build) => ({
    ...shared,
    build,
    ...(isBeta || isSeedBuild(build) ? { beta: true as const } : {}),
  }));
}

/** `ReleaseType` is `OS`, `RSR_a` or of the kind; `UpdateName` then ends with the letter: `… 13.4.1 (a)`. */
function setOf({ ReleaseType: type, UpdateName: name }: Record<string, unknown>) {
  const letter =
    /\(([a-z])\)/.exec(String(name))?.[1] ?? /^(?:RSR|BSI)_([a-z])$/i.exec(String(type))?.[1]?.toLowerCase();
  if (letter !== undefined) return { set: 'sofa-bsi' as const, versionExtra: `(${letter})` };
  return { set: /^(?:RSR|BSI)/i.test(String(type)) ? ('sofa-bsi' as const) : ('sofa' as const) };
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
  if (typeof version !== 'string' || !VERSION.test(version)) return [];
  if (typeof build !== 'string' || !BUILD.test(build)) return [];
  const name = titleOf(title);
  const product: ListedProduct = { productKey: key, kind: 'installer', version, build, supportedDevices: [] };
  const isBeta = isSeedBuild(build) || /\bbeta\b/i.test(name ?? '');
  return [{ ...product, ...(name === undefined ? {} : { name }), ...(isBeta ? { beta: true as const } : {}) }];
}
