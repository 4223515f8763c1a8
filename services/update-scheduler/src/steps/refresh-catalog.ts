import { AppError, type FeedCopy } from '@lamplighter/contracts';
import { CONFIG, Database, Log } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { copyOf } from '../domain/catalog-copy.ts';
import { CatalogStore, FeedSource } from '../ports/catalog.ts';
import type { ClaimedSource, FetchedFeed, FetchOutcome } from '../ports/catalog.ts';
import { digestOf, ImportCatalog } from './import-catalog.ts';

const HOUR_MS = 3_600_000;
const FIRST_PAUSE_MS = HOUR_MS / 4;
/** Longer than a fetch may take: a source whose process was killed is another's then. */
const LEASE_MS = 3 * 60_000;

/** Fetches one feed whose time has come, whichever replica gets it. What fails is kept with the source, and the last good copy stays. */
@Injectable()
export class RefreshCatalog {
  private readonly everyMs: number;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly db: Database,
    private readonly catalog: CatalogStore,
    private readonly feeds: FeedSource,
    private readonly importCatalog: ImportCatalog,
    private readonly log: Log,
  ) {
    this.everyMs = config.LAMP_CATALOG_HOURS * HOUR_MS;
  }

  /** The settings' sources are those that are fetched from now on. */
  async configure(): Promise<void> {
    await this.catalog.configure([...this.feeds.places].map(([source, place]) => ({ source, ...place })));
  }

  /** Fetches one that is due. False where none is. Once `signal` is aborted it is left to another: the claim ends by itself. */
  async run(signal = new AbortController().signal): Promise<boolean> {
    const claim = await this.catalog.claim([...this.feeds.places.keys()], LEASE_MS);
    if (claim === undefined) return false;
    try {
      await this.fetch(claim, signal);
    } catch (error) {
      if (!signal.aborted) await this.fail(claim, error);
    }
    return true;
  }

  private async fetch(claim: ClaimedSource, signal: AbortSignal): Promise<void> {
    const { source, etag, lastModified } = claim;
    const fetched = await this.feeds.fetch(source, { etag, lastModified }, signal);
    if (fetched === 'unchanged') return this.settle(claim, { nextMs: this.everyMs, etag, lastModified });
    const copy = read(source, fetched, this.feeds.places.get(source)!.location);
    const outcome = { nextMs: this.everyMs, etag: fetched.etag, lastModified: fetched.lastModified };
    if (claim.digest !== undefined && digestOf(copy).equals(claim.digest)) return this.settle(claim, outcome);
    const also = async (tx: Parameters<CatalogStore['settle']>[0]) => {
      if (!(await this.catalog.settle(tx, claim, outcome)))
        throw new AppError('catalog.overtaken', 'fetched meanwhile');
    };
    await this.importCatalog.run('fetched', copy, { also });
  }

  private async settle(claim: ClaimedSource, outcome: FetchOutcome): Promise<void> {
    await this.db.transaction((tx) => this.catalog.settle(tx, claim, outcome));
    if (claim.failures > 0 && !('failure' in outcome)) {
      this.log.info({ source: claim.source, failures: claim.failures }, 'a release feed can be read again');
    }
  }

  private async fail(claim: ClaimedSource, error: unknown): Promise<void> {
    if (error instanceof AppError && error.code === 'catalog.overtaken') return;
    // A fault of ours or of the database: the lease ends by itself, and the clock logs it.
    if (!(error instanceof AppError)) throw error;
    const nextMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(claim.failures, 10), this.everyMs);
    await this.settle(claim, { nextMs, failure: error });
    const { source, failures } = claim;
    this.log.error(
      { err: error, source, code: error.code, failures: failures + 1, remedy: error.remedy },
      'a release feed was refused or could not be read; its last good copy stays. See docs/runbooks/catalog-source-failing.md',
    );
  }
}

function read(source: string, { document }: FetchedFeed, location: string): FeedCopy {
  const copy = copyOf(document, location);
  if (copy.source === source) return copy;
  throw new AppError('catalog.other-feed', `what is at ${location} is the feed ${copy.source}, not ${source}`, {
    outcome: 'drop',
    remedy: 'let each setting name the address of its own feed; the last good copy stays',
  });
}
