import { z } from 'zod';
import { defineRequest } from '../envelope.ts';
import { reply } from './operator.ts';

export const FeedKind = z.enum(['gdmf', 'sofa', 'sucatalog']);
export type FeedKind = z.infer<typeof FeedKind>;

const Day = z.iso.date();
const Devices = z.array(z.string().max(64));

/** A release as a feed lists it; see `ListedRelease` of @lamplighter/apple. */
const Release = z.object({
  set: z.enum(['public', 'all', 'bsi', 'sofa', 'sofa-bsi']),
  os: z.enum(['iOS', 'macOS', 'visionOS']),
  version: z.string().max(20),
  build: z.string().max(20),
  postedAt: Day,
  expiresAt: Day.optional(),
  supportedDevices: Devices,
  versionExtra: z.string().max(20).optional(),
  prerequisiteBuild: z.string().max(20).optional(),
  name: z.string().max(200).optional(),
  beta: z.literal(true).optional(),
});

/** A product of the software update servers; see `ListedProduct` of @lamplighter/apple. */
const Product = z.object({
  productKey: z.string().max(100),
  kind: z.enum(['installer', 'update']),
  name: z.string().max(200).optional(),
  version: z.string().max(20).optional(),
  build: z.string().max(20).optional(),
  postedAt: Day.optional(),
  supportedDevices: Devices,
  sizeBytes: z.number().optional(),
  beta: z.literal(true).optional(),
});

/** A feed that was read: documents are larger than a message, what is in them is not. */
export const FeedCopy = z.object({
  kind: FeedKind,
  /** What it takes the place of: `gdmf`, `sofa-macos`, `sofa-ios`, …, `sucatalog`. */
  source: z.string().regex(/^[a-z0-9-]{1,40}$/),
  releases: z.array(Release),
  products: z.array(Product),
});
export type FeedCopy = z.infer<typeof FeedCopy>;

/** What became of a copy. */
export const CatalogImported = z.object({
  /** Releases that the copy lists. */
  releases: z.int(),
  /** Releases and products that the catalogue did not have. */
  added: z.int(),
  source: z.string().optional(),
  products: z.int().optional(),
});
export type CatalogImported = z.infer<typeof CatalogImported>;

/**
 * Takes in a feed: `copy`, or a document (`feed`) that fits into a message. `source` says who brings it. It takes the place of the
 * source's former copy; one that lost more than half of it is refused (`catalog.shrunken`) unless `force` is true.
 */
export const catalogImport = defineRequest(
  'catalog.import',
  z.object({
    source: z.string().max(100),
    feed: z.string().optional(),
    copy: FeedCopy.optional(),
    force: z.boolean().optional(),
  }),
  reply(CatalogImported),
);

/** Has the sources fetched now: those named, or all that a setting names. Answers which; what comes of it is in their state. */
export const catalogRefresh = defineRequest(
  'catalog.refresh',
  z.object({ sources: z.array(z.string().max(40)).max(20).optional() }),
  reply(z.object({ sources: z.array(z.string()) })),
);
