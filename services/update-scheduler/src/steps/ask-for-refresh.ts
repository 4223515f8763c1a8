import { AppError } from '@lamplighter/contracts';
import { Injectable } from '@nestjs/common';
import { CatalogStore } from '../ports/catalog.ts';

/** Makes sources due at once: some replica's clock fetches them within seconds. */
@Injectable()
export class AskForRefresh {
  constructor(private readonly catalog: CatalogStore) {}

  /** Those named, or all that the settings name; returns which. Throws AppError for one that is not fetched, and where there is none. */
  async run(sources: readonly string[] | undefined): Promise<string[]> {
    const due = await this.catalog.makeDue(sources);
    const missing = (sources ?? []).filter((source) => !due.includes(source));
    if (missing.length > 0) {
      throw new AppError('catalog.not-found', `no setting names where to fetch ${missing.join(', ')}`, {
        remedy:
          '`lamp catalog show` lists the sources; see LAMP_GDMF_URL, LAMP_SOFA_MACOS_URL, LAMP_SOFA_IOS_URL, LAMP_SUCATALOG_URL',
      });
    }
    if (due.length > 0) return due;
    throw new AppError('catalog.no-source', 'no setting names a feed to fetch', {
      remedy: 'set LAMP_GDMF_URL for update-scheduler, or take a file in: lamp catalog import <file>',
    });
  }
}
