import { FEED_READER, FeedError, readFeed } from '@lamplighter/apple';
import { AppError, type FeedCopy } from '@lamplighter/contracts';

export { FEED_READER };

/** A feed that lost more than this share of what it listed is taken for a broken one. */
const MOST_SHRINKAGE = 0.5;
/** Of fewer than this, half is no loss to speak of. */
const FEW = 4;

/** Reads a feed document of any kind. Throws AppError `catalog.invalid` that says where it is wrong. */
export function copyOf(document: string, from: string): FeedCopy {
  try {
    const { kind, source, releases, products } = readFeed(document, from);
    return {
      kind,
      source,
      releases: releases.map((one) => ({ ...one, supportedDevices: [...one.supportedDevices] })),
      products: products.map((one) => ({ ...one, supportedDevices: [...one.supportedDevices] })),
    };
  } catch (error) {
    if (!(error instanceof FeedError)) throw error;
    throw new AppError('catalog.invalid', error.message, {
      outcome: 'drop',
      remedy:
        "give GDMF's document (/v2/pmv), SOFA's (macos_data_feed.json), or a software update catalogue as they are served; the former copy stays",
      fields: [{ path: error.path, message: error.message }],
    });
  }
}

/**
 * Whether the copy may take the place of the former one. Throws AppError `catalog.empty` for one that lists nothing for any
 * device, and `catalog.shrunken` for one that lost more than half of what the former listed, in all or of one OS.
 */
export function checkCopy(copy: FeedCopy, former: FeedCopy | undefined, force = false): void {
  const targets = copy.releases.filter((one) => !one.set.endsWith('bsi') && one.supportedDevices.length > 0);
  if (copy.kind === 'sucatalog' ? copy.products.length === 0 : targets.length === 0) {
    throw new AppError('catalog.empty', `the ${copy.source} feed lists no release for any device`, {
      outcome: 'drop',
      remedy: 'fetch it again; the former copy stays',
    });
  }
  if (former === undefined || force) return;
  const before = tallies(former);
  const now = tallies(copy);
  for (const [what, count] of before) {
    const left = now.get(what) ?? 0;
    if (count >= FEW && left < count * MOST_SHRINKAGE) throw shrunken(copy.source, what, count, left);
  }
}

/** How many it lists, in all and of each OS; models are counted with them, for a feed may keep its releases and lose its devices. */
function tallies({ releases, products }: FeedCopy): Map<string, number> {
  const sets = new Map<string, Set<string>>();
  const count = (what: string, key: string) => sets.set(what, (sets.get(what) ?? new Set()).add(key));
  for (const one of releases) {
    const key = `${one.set} ${one.os} ${one.version} ${one.versionExtra ?? ''} ${one.build}`;
    count('releases', key);
    count(`${one.os} releases`, key);
    for (const device of one.supportedDevices) count(`${one.os} models`, device);
  }
  for (const one of products) if (one.beta !== true) count('products', one.productKey);
  return new Map([...sets].map(([what, keys]) => [what, keys.size]));
}

function shrunken(source: string, what: string, before: number, now: number): AppError {
  return new AppError('catalog.shrunken', `the ${source} feed lists ${now} ${what} where there were ${before}`, {
    outcome: 'drop',
    remedy:
      'fetch it again: this looks like a broken feed, and the former copy stays. If it is right, `lamp catalog import --force` takes it in',
  });
}
