import { FeedError, type ListedRelease, parseGdmf } from '@lamplighter/apple';
import { AppError } from '@lamplighter/contracts';
import { Database, Log } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { CatalogStore } from '../ports.ts';

/** A feed that lost more than this share of its releases is taken for a broken one. */
const MOST_SHRINKAGE = 0.5;

/** Takes in Apple's release feed: all of it or nothing. */
@Injectable()
export class ImportCatalog {
  constructor(
    private readonly db: Database,
    private readonly catalog: CatalogStore,
    private readonly log: Log,
  ) {}

  async run(source: string, feed: string): Promise<{ releases: number; added: number }> {
    const releases = read(feed);
    const added = await this.db.transaction(async (tx) => {
      const before = await this.catalog.count(tx);
      const now = new Set(releases.map((one) => `${one.set} ${one.os} ${one.version} ${one.build}`)).size;
      if (now < before * MOST_SHRINKAGE) throw shrunken(before, now);
      return this.catalog.replace(tx, releases);
    });
    this.log.info({ source, count: releases.length, added }, 'release feed imported');
    return { releases: releases.length, added };
  }
}

function read(feed: string): ListedRelease[] {
  let releases: ListedRelease[];
  try {
    releases = parseGdmf(feed);
  } catch (error) {
    if (!(error instanceof FeedError)) throw error;
    throw new AppError('catalog.invalid', error.message, {
      outcome: 'drop',
      remedy: 'give the feed as Apple serves it (/v2/pmv); the former catalogue stays',
      fields: [{ path: error.path, message: error.message }],
    });
  }
  if (releases.some((one) => one.set !== 'bsi' && one.supportedDevices.length > 0)) return releases;
  throw new AppError('catalog.empty', 'the release feed lists no release for any device', {
    outcome: 'drop',
    remedy: 'fetch it again; the former catalogue stays',
  });
}

function shrunken(before: number, now: number): AppError {
  return new AppError('catalog.shrunken', `the release feed lists ${now} releases where there were ${before}`, {
    outcome: 'drop',
    remedy:
      'fetch it again: this looks like a broken feed. If it is right, import it in two steps that each keep half of the releases',
  });
}
