import { FeedError, parseJson, record } from './feed-error.ts';
import type { ListedProduct, ListedRelease } from './listed.ts';
import { looksLikeGdmf, parseGdmf } from './parse-gdmf.ts';
import { parseSofa } from './parse-sofa.ts';
import { parseSucatalog } from './parse-sucatalog.ts';

export type FeedKind = 'gdmf' | 'sofa' | 'sucatalog';

/** Changes when the readers read more or otherwise: what was read by an older one is to be fetched again. */
export const FEED_READER = 1;

export interface Feed {
  readonly kind: FeedKind;
  /** What a copy of it takes the place of: `gdmf`, `sofa-macos`, `sofa-ios`, …, `sucatalog`. */
  readonly source: string;
  readonly releases: readonly ListedRelease[];
  readonly products: readonly ListedProduct[];
}

/**
 * Reads a feed of any kind, told by its content: GDMF, SOFA, or a software update catalogue (XML plist).
 * `from`: the URL or file name it came from, if known; a catalogue named as a seed's holds betas alone. Throws FeedError.
 */
export function readFeed(text: string, from = ''): Feed {
  const start = text.slice(0, 1_000).trimStart();
  if (start.startsWith('<')) {
    const products = parseSucatalog(text, { seeds: isSeedCatalog(from) });
    return { kind: 'sucatalog', source: 'sucatalog', releases: [], products };
  }
  const root = record(parseJson(text), '$');
  if (looksLikeGdmf(root)) return { kind: 'gdmf', source: 'gdmf', releases: parseGdmf(root), products: [] };
  if (root['OSVersions'] !== undefined) {
    const { os, releases, products } = parseSofa(root);
    return { kind: 'sofa', source: `sofa-${os.toLowerCase()}`, releases, products };
  }
  throw new FeedError('$', "GDMF's document, SOFA's, or a software update catalogue");
}

/** Apple: `index-15seed-15-14-….sucatalog`, `index-15beta-…`, `index-15customerseed-…`. */
function isSeedCatalog(from: string): boolean {
  return /\d(?:seed|beta|customerseed)\b/i.test(from.slice(from.lastIndexOf('/') + 1));
}
