import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { KeepTerms, OccurrenceKey, OccurrencePage, OverRollout } from '../ports/keep.ts';
import { KeepStore } from '../ports/keep.ts';
import * as sql from './sql/keep.ts';

@Injectable()
export class PgKeepStore extends KeepStore {
  override async claim(tx: Tx, terms: KeepTerms, without: readonly string[]): Promise<OverRollout | undefined> {
    const before = [terms.quietBefore, terms.endedBefore, terms.sweptBefore];
    const [row] = await tx.query<OverRollout>(sql.CLAIM, [...before, without]);
    return row;
  }

  override async count(tx: Tx, { tenant, rolloutId }: OverRollout, now: Date): Promise<void> {
    await tx.query(sql.COUNT, [tenant, rolloutId, now]);
  }

  override async removeUpdates(
    tx: Tx,
    { tenant, rolloutId, cursor }: OverRollout,
    { endedBefore }: KeepTerms,
    limit: number,
  ): Promise<{ removed: number; isThrough: boolean }> {
    await tx.query(BY_KEY);
    const values = [tenant, rolloutId, cursor ?? '', limit, endedBefore];
    const [row] = await tx.query<{ removed: number; isThrough: boolean }>(sql.REMOVE_UPDATES, values);
    return row!;
  }

  override async removeOccurrences(
    tx: Tx,
    { closedBefore, limit, after }: OccurrencePage,
  ): Promise<{ removed: number; next: OccurrenceKey | undefined }> {
    const values = [closedBefore, limit, after?.tenant ?? null, after?.occurrenceId ?? null];
    const page = await tx.query<OccurrenceKey & { isNamed: boolean }>(sql.OCCURRENCES, values);
    const free = page.filter(({ isNamed }) => !isNamed);
    const keys = [free.map(({ tenant }) => tenant), free.map(({ occurrenceId }) => occurrenceId)];
    if (free.length > 0) await tx.query(sql.REMOVE_WAVES, keys);
    const removed = free.length === 0 ? [] : await tx.query(sql.REMOVE_OCCURRENCES, keys);
    return { removed: removed.length, next: page.length < limit ? undefined : page.at(-1) };
  }

  override async removeRollout(tx: Tx, { tenant, rolloutId }: OverRollout): Promise<boolean> {
    const [row] = await tx.query<{ removed: number }>(sql.REMOVE_ROLLOUT, [tenant, rolloutId]);
    return row!.removed > 0;
  }

  override async swept(tx: Tx, { tenant, rolloutId }: OverRollout, now: Date): Promise<void> {
    await tx.query(sql.SWEPT, [tenant, rolloutId, now]);
  }

  override async removeVersions(tx: Tx, before: Date, limit: number): Promise<number> {
    return (await tx.query(sql.REMOVE_VERSIONS, [before, limit])).length;
  }

  override async removePolicies(tx: Tx, before: Date): Promise<number> {
    return (await tx.query(sql.REMOVE_POLICIES, [before])).length;
  }
}

/** Each row by its key: with the statistics of a growing table the planner would read all of it for a page. */
const BY_KEY = {
  name: 'keep-by-key',
  text: `SELECT set_config(name, 'off', true)
           FROM unnest(ARRAY['enable_hashjoin', 'enable_mergejoin', 'enable_seqscan', 'enable_bitmapscan', 'jit']) AS name`,
};
