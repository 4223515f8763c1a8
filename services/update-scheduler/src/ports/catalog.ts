import type { AppError, FeedCopy, FeedKind } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import type { MergedCatalog } from '../domain/merge-catalog.ts';

/** A source whose turn it is, held by this process until it settles it or its lease ends. */
export interface ClaimedSource {
  source: string;
  /** Fences what a process writes whose lease has ended. */
  attempt: number;
  /** Fetches that failed before this one, one after another. */
  failures: number;
  /** Of the copy that is there; undefined where there is none that a fetch brought, or an older reader read it. */
  etag: string | undefined;
  lastModified: string | undefined;
  digest: Buffer | undefined;
}

/** What came of a fetch. A failure keeps the copy, and its validators. */
export type FetchOutcome = { nextMs: number } & (
  | { etag: string | undefined; lastModified: string | undefined }
  | { failure: AppError }
);

/** The catalogue and what it is made from. Instants of fetches are the database's own: feeds live outside of this installation. */
export abstract class CatalogStore {
  /** Makes these the ones that are fetched; a source whose place is another one is due at once. Others keep their copies. */
  abstract configure(sources: readonly { source: string; kind: FeedKind; location: string }[]): Promise<void>;
  /** One of these whose time has come; others skip it for `leaseMs`. */
  abstract claim(sources: readonly string[], leaseMs: number): Promise<ClaimedSource | undefined>;
  /** Ends the claim; false, and nothing is changed, where another one has it by now. */
  abstract settle(tx: Tx, claim: ClaimedSource, outcome: FetchOutcome): Promise<boolean>;
  /** Makes these due now, or all that are fetched; returns which. */
  abstract makeDue(sources: readonly string[] | undefined): Promise<string[]>;
  /** The last good copies of all sources. Locks the catalogue until the end of the transaction. */
  abstract copies(tx: Tx): Promise<FeedCopy[]>;
  /** The copy takes the place of its source's former one. `from`: `fetched`, or who brought it. */
  abstract keep(tx: Tx, copy: FeedCopy, from: string, digest: Buffer): Promise<void>;
  /** Puts this in the place of all that was there; returns how many releases and products are new. */
  abstract replace(tx: Tx, catalog: MergedCatalog): Promise<number>;
}

export interface FetchedFeed {
  document: string;
  etag: string | undefined;
  lastModified: string | undefined;
}

/** Where feeds are fetched from. */
export abstract class FeedSource {
  /** By source: what the settings name, without user and query. */
  abstract readonly places: ReadonlyMap<string, { kind: FeedKind; location: string }>;
  /** The document, or `unchanged` since those validators. Throws AppError `feed.unavailable`, also once `signal` is aborted. */
  abstract fetch(
    source: string,
    known: { etag: string | undefined; lastModified: string | undefined },
    signal: AbortSignal,
  ): Promise<FetchedFeed | 'unchanged'>;
}
