import { FEED_READER, type FeedKind } from '@lamplighter/apple';
import type { FeedCopy } from '@lamplighter/contracts';
import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { MergedCatalog } from '../domain/merge-catalog.ts';
import { CatalogStore } from '../ports/catalog.ts';
import type { ClaimedSource, FetchOutcome } from '../ports/catalog.ts';
import * as sql from './sql/catalog-rows.ts';
import { claimSource, configureSources, dropSources, makeDue, settleSource } from './sql/catalog-sources.ts';

type Row<T> = { [K in keyof T]: T[K] | null };

@Injectable()
export class PgCatalogStore extends CatalogStore {
  constructor(private readonly db: Database) {
    super();
  }

  override async configure(sources: readonly { source: string; kind: FeedKind; location: string }[]): Promise<void> {
    await this.db.transaction(async (tx) => {
      await tx.query(configureSources, [JSON.stringify(sources)]);
      await tx.query(dropSources, [sources.map((one) => one.source)]);
    });
  }

  override async claim(sources: readonly string[], leaseMs: number): Promise<ClaimedSource | undefined> {
    const [row] = await this.db.query<Row<ClaimedSource>>(claimSource, [sources, leaseMs / 1000, FEED_READER]);
    if (row === undefined) return undefined;
    return {
      source: row.source!,
      attempt: row.attempt!,
      failures: row.failures!,
      etag: row.etag ?? undefined,
      lastModified: row.lastModified ?? undefined,
      digest: row.digest ?? undefined,
    };
  }

  override async settle(tx: Tx, claim: ClaimedSource, outcome: FetchOutcome): Promise<boolean> {
    const isGood = !('failure' in outcome);
    const rows = await tx.query(settleSource, [
      claim.source,
      claim.attempt,
      outcome.nextMs / 1000,
      isGood,
      ...(isGood
        ? [outcome.etag ?? null, outcome.lastModified ?? null, null, null, null]
        : [null, null, outcome.failure.code, outcome.failure.message, outcome.failure.remedy ?? null]),
    ]);
    return rows.length === 1;
  }

  override async makeDue(sources: readonly string[] | undefined): Promise<string[]> {
    return (await this.db.query<{ source: string }>(makeDue, [sources ?? null])).map((row) => row.source);
  }

  override async copies(tx: Tx): Promise<FeedCopy[]> {
    await tx.query({ text: `SELECT pg_advisory_xact_lock(hashtext('update_scheduler.release'))` });
    const rows = await tx.query<Pick<FeedCopy, 'source' | 'kind'> & { listed: Omit<FeedCopy, 'source' | 'kind'> }>({
      text: `SELECT source, kind, listed FROM update_scheduler.catalog_source WHERE listed IS NOT NULL ORDER BY source`,
    });
    return rows.map(({ source, kind, listed }) => ({ source, kind, ...listed }));
  }

  override async keep(
    tx: Tx,
    { source, kind, releases, products }: FeedCopy,
    from: string,
    digest: Buffer,
  ): Promise<void> {
    await tx.query(sql.keepCopy, [
      source,
      kind,
      JSON.stringify({ releases, products }),
      digest,
      FEED_READER,
      releases.length,
      products.length,
      from,
    ]);
  }

  override async replace(tx: Tx, { releases, models, improvements, products }: MergedCatalog): Promise<number> {
    const [added] = await tx.query<{ count: number }>(sql.countNew, [
      JSON.stringify(releases),
      JSON.stringify(products),
    ]);
    await tx.query(sql.clearAll);
    await tx.query(sql.insertReleases, [JSON.stringify(releases)]);
    await tx.query(sql.insertModels, [JSON.stringify(models)]);
    await tx.query(sql.insertImprovements, [JSON.stringify(improvements)]);
    await tx.query(sql.insertProducts, [JSON.stringify(products)]);
    return added?.count ?? 0;
  }
}
