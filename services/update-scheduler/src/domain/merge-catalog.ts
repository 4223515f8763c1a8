import { majorOf, osVersionKey, platformOf } from '@lamplighter/apple';
import type { FeedCopy } from '@lamplighter/contracts';

type Listed = FeedCopy['releases'][number];

/** A row of `release`: one list's word. */
export interface ReleaseRow extends Omit<Listed, 'set' | 'versionExtra' | 'beta'> {
  source: Listed['set'];
  versionExtra: string;
  versionKey: number;
  platforms: string[];
  beta: boolean;
}

/** A row of `release_device`: what a model may take. */
export interface ModelRow {
  supportedDevice: string;
  os: string;
  version: string;
  versionKey: number;
  build: string;
  postedAt: string;
  expiresAt?: string | undefined;
  origin: 'gdmf' | 'sofa' | 'sucatalog';
  enforceable: boolean;
}

/** A row of `improvement_device`: what goes on top of a build. */
export interface ImprovementRow extends Omit<ModelRow, 'origin' | 'enforceable'> {
  versionExtra: string;
  prerequisiteBuild?: string | undefined;
}

/** A row of `catalog_product`. */
export interface ProductRow extends Omit<FeedCopy['products'][number], 'beta'> {
  beta: boolean;
  versionKey?: number | undefined;
}

export interface MergedCatalog {
  releases: ReleaseRow[];
  models: ModelRow[];
  improvements: ImprovementRow[];
  products: ProductRow[];
}

/**
 * One catalogue of the copies of all sources (ADR 18). GDMF decides what a model may take. For a model that GDMF lists nothing for,
 * SOFA's newest of each major version counts, and what the software update catalogue names with version, build and board ids.
 * Seeds are shown, and are no one's target. The order of the copies does not matter.
 */
export function mergeCatalog(copies: readonly FeedCopy[]): MergedCatalog {
  const inOrder = copies.toSorted((a, b) => (a.source < b.source ? -1 : 1));
  const listed = inOrder.flatMap((copy) => copy.releases);
  const released = listed.filter((one) => one.beta !== true);
  const gdmf = modelsOf(
    released.filter(({ set }) => set === 'public' || set === 'all'),
    'gdmf',
  );
  const known = new Set(gdmf.map((row) => row.supportedDevice));
  const rest = [
    ...newestOfMajors(
      modelsOf(
        released.filter(({ set, build }) => set === 'sofa' && build !== ''),
        'sofa',
      ),
    ),
    ...modelsOf(
      inOrder.flatMap((copy) => copy.products.flatMap(releaseOf)),
      'sucatalog',
    ),
  ].filter((row) => !known.has(row.supportedDevice));
  return {
    releases: mergedBy(listed.map(releaseRow), ({ source, os, version, versionExtra, build }) =>
      [source, os, version, versionExtra, build].join(' '),
    ),
    models: mergedBy([...gdmf, ...rest], ({ supportedDevice, os, version, build }) =>
      [supportedDevice, os, version, build].join(' '),
    ),
    improvements: mergedBy(
      released.filter(({ set, build }) => set.endsWith('bsi') && build !== '').flatMap(improvementRows),
      (row) => [row.supportedDevice, row.os, row.version, row.versionExtra, row.build].join(' '),
    ),
    products: productsOf(inOrder),
  };
}

function releaseRow(one: Listed): ReleaseRow {
  const { set, versionExtra = '', beta = false, supportedDevices } = one;
  const found = new Set(
    supportedDevices.map((model) => platformOf(model)).filter((platform) => platform !== 'unknown'),
  );
  // Board ids say nothing of their platform.
  const platforms = one.os === 'macOS' ? ['macOS'] : [...found].toSorted();
  return { ...one, source: set, versionExtra, versionKey: osVersionKey(one.version), platforms, beta };
}

/** Of each model and major version: older releases have no known end there, and may be signed no more. */
function newestOfMajors(rows: readonly ModelRow[]): ModelRow[] {
  const keyOf = (row: ModelRow) => `${row.supportedDevice} ${majorOf(row.version)}`;
  const newest = new Map<string, number>();
  for (const row of rows) newest.set(keyOf(row), Math.max(newest.get(keyOf(row)) ?? -1, row.versionKey));
  return rows.filter((row) => row.versionKey === newest.get(keyOf(row)));
}

type Dated = Pick<Listed, 'os' | 'version' | 'build' | 'postedAt' | 'expiresAt' | 'supportedDevices'>;

function modelsOf(listed: readonly Dated[], origin: ModelRow['origin']): ModelRow[] {
  const enforceable = origin === 'gdmf';
  return listed.flatMap(({ supportedDevices, os, version, build, postedAt, expiresAt }) => {
    const row = { os, version, versionKey: osVersionKey(version), build, postedAt, expiresAt, origin, enforceable };
    return supportedDevices.map((supportedDevice) => ({ ...row, supportedDevice }));
  });
}

function improvementRows(one: Listed): ImprovementRow[] {
  const { os, version, versionExtra = '', build, prerequisiteBuild, postedAt, expiresAt } = one;
  const row = { os, version, versionKey: osVersionKey(version), versionExtra, build, prerequisiteBuild, postedAt };
  return one.supportedDevices.map((supportedDevice) => ({ ...row, supportedDevice, expiresAt }));
}

/** A product that says all that a release needs. */
function releaseOf(product: FeedCopy['products'][number]): Dated[] {
  const { version, build, postedAt, supportedDevices, beta } = product;
  if (version === undefined || build === undefined || postedAt === undefined || beta === true) return [];
  return [{ os: 'macOS', version, build, postedAt, supportedDevices }];
}

/** What two sources say of a product together. */
function productsOf(copies: readonly FeedCopy[]): ProductRow[] {
  const kept = new Map<string, ProductRow>();
  for (const product of copies.flatMap((copy) => copy.products)) {
    const former = kept.get(product.productKey);
    const merged = { ...former, ...product, beta: product.beta === true || former?.beta === true };
    if (product.supportedDevices.length === 0) merged.supportedDevices = former?.supportedDevices ?? [];
    kept.set(product.productKey, {
      ...merged,
      versionKey: merged.version === undefined ? undefined : osVersionKey(merged.version),
    });
  }
  return [...kept.values()];
}

/** Rows of one key become one: posted with the first, ended with the last (never, where one names no end), for all their models. */
function mergedBy<
  T extends {
    postedAt: string;
    expiresAt?: string | undefined;
    supportedDevices?: string[];
    name?: string | undefined;
  },
>(rows: readonly T[], key: (row: T) => string): T[] {
  const kept = new Map<string, T>();
  for (const row of rows) {
    const former = kept.get(key(row));
    kept.set(key(row), former === undefined ? row : joined(former, row));
  }
  return [...kept.values()];
}

function joined<
  T extends {
    postedAt: string;
    expiresAt?: string | undefined;
    supportedDevices?: string[];
    name?: string | undefined;
  },
>(a: T, b: T): T {
  const { expiresAt: _, ...rest } = b;
  const end =
    a.expiresAt === undefined || b.expiresAt === undefined
      ? {}
      : { expiresAt: a.expiresAt > b.expiresAt ? a.expiresAt : b.expiresAt };
  const devices =
    a.supportedDevices === undefined || b.supportedDevices === undefined
      ? {}
      : { supportedDevices: [...new Set([...a.supportedDevices, ...b.supportedDevices])].toSorted() };
  return { ...(rest as T), postedAt: a.postedAt < b.postedAt ? a.postedAt : b.postedAt, ...end, ...devices };
}
