import { createHash } from 'node:crypto';
import type { CatalogImported, FeedCopy } from '@lamplighter/contracts';
import { Database, Log, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { checkCopy, copyOf } from '../domain/catalog-copy.ts';
import { mergeCatalog } from '../domain/merge-catalog.ts';
import { CatalogStore } from '../ports/catalog.ts';

/** A document, or what was read from it. */
export type Feed = string | FeedCopy;

/** Takes in a feed: all of it or nothing. The catalogue is made anew from the copies of all sources. */
@Injectable()
export class ImportCatalog {
  constructor(
    private readonly db: Database,
    private readonly catalog: CatalogStore,
    private readonly log: Log,
  ) {}

  /**
   * @param by who brings it
   * @param also what is to commit together with it
   */
  async run(
    by: string,
    feed: Feed,
    { force = false, also }: { force?: boolean | undefined; also?: (tx: Tx) => Promise<void> } = {},
  ): Promise<Required<CatalogImported>> {
    const copy = typeof feed === 'string' ? copyOf(feed, '') : feed;
    const { releases: listed, products, source } = copy;
    const added = await this.db.transaction(async (tx) => {
      const copies = await this.catalog.copies(tx);
      checkCopy(
        copy,
        copies.find((one) => one.source === source),
        force,
      );
      await this.catalog.keep(tx, copy, by, digestOf(copy));
      await also?.(tx);
      return this.catalog.replace(tx, mergeCatalog([copy, ...copies.filter((one) => one.source !== source)]));
    });
    const releases = listed.length;
    this.log.info({ source, by, count: releases, products: products.length, added }, 'release feed taken in');
    return { releases, added, source, products: products.length };
  }
}

/** The same for a feed that lists the same, whatever else its document says. */
export function digestOf(copy: FeedCopy): Buffer {
  return createHash('sha256').update(JSON.stringify(copy)).digest();
}
