import { Clock, Log, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { FeedSource } from '../ports.ts';
import { ImportCatalog } from '../steps/import-catalog.ts';

const HOUR_MS = 3_600_000;

/** Once a day of the clock: the release feed, where one is set. */
@Injectable()
export class CatalogClock extends Ticker {
  private feedFor = '';

  constructor(
    log: Log,
    private readonly clock: Clock,
    private readonly feed: FeedSource,
    private readonly importCatalog: ImportCatalog,
  ) {
    super({ everyMs: Math.min(Math.max(clock.realDelay(HOUR_MS), 1_000), HOUR_MS), log });
  }

  protected override async tick(): Promise<void> {
    const today = this.clock.now().toISOString().slice(0, 10);
    if (this.feedFor === today) return;
    const feed = await this.feed.fetch();
    if (feed !== undefined) await this.importCatalog.run('LAMP_GDMF_URL', feed);
    this.feedFor = today;
  }
}
