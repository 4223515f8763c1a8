import { Log, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { RefreshCatalog } from '../steps/refresh-catalog.ts';

/** How soon a source that is asked for is fetched. */
const LOOK_MS = 5_000;

/** Fetches the feeds that the settings name when their time comes. Feeds live in real time, whatever clock the installation lives by. */
@Injectable()
export class CatalogClock extends Ticker {
  private isConfigured = false;
  private readonly ending = new AbortController();

  constructor(
    log: Log,
    private readonly refresh: RefreshCatalog,
  ) {
    super({ everyMs: LOOK_MS, log });
  }

  protected override async tick(): Promise<boolean> {
    if (!this.isConfigured) await this.refresh.configure();
    this.isConfigured = true;
    return this.refresh.run(this.ending.signal);
  }

  /** A slow feed does not hold up the end of the process. */
  override async beforeApplicationShutdown(): Promise<void> {
    this.ending.abort();
    await super.beforeApplicationShutdown();
  }
}
