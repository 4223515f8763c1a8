import {
  type HandOvers,
  type Rollout,
  type RolloutDevicePage,
  type RolloutSummary,
  traceIdOf,
} from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { paceOf, RECENT_MINUTES, SETTLED } from '../domain/progress.ts';
import type { RolloutDeviceQuery } from '../ports/rollouts.ts';
import { RolloutViews } from '../ports/rollouts.ts';
import { type Counts, LiveCounts } from './live-counts.ts';
import { iso, isoOrNull } from './rows.ts';
import * as sql from './sql/rollouts.ts';

type LiveCount = sql.StateCount & { recent: number };

@Injectable()
export class PgRolloutViews extends RolloutViews {
  private readonly live: LiveCounts;

  constructor(private readonly database: Database) {
    super();
    this.live = new LiveCounts(database);
  }

  override async list(tenant: string, policyId: string | undefined, now: Date): Promise<RolloutSummary[]> {
    const heads = await this.database.query<sql.HeadRow>(sql.LIST, [tenant, policyId ?? null]);
    const underWay = heads.filter(({ totals }) => totals === null).map(({ rolloutId }) => rolloutId);
    const counts = await this.live.of(tenant, underWay, now);
    const live = new Map(underWay.map((rolloutId, index) => [rolloutId, counts[index]!]));
    return heads.map((head) => summaryOf(head, live.get(head.rolloutId) ?? sumOf(head.totals!, head.totalsAt!)));
  }

  override async find(tenant: string, rolloutId: string, now: Date): Promise<Rollout | undefined> {
    const key = [tenant, rolloutId];
    const [head] = await this.database.query<sql.HeadRow>(sql.ONE, key);
    if (!head) return undefined;
    const isPartial = head.removed > 0;
    const [counts, windows, [first], rings] = await Promise.all([
      isPartial ? head.totals!.map(atRest) : this.database.query<LiveCount>(sql.COUNTS, [...key, recentlyBefore(now)]),
      this.database.query<sql.OccurrenceRow>(sql.OCCURRENCES, key),
      this.database.query<{ at: Date | null }>(sql.FIRST_RELEASED, key),
      this.database.query<sql.RingRow>(sql.RINGS, key),
    ]);
    const summary = summaryOf(head, sumOf(counts, isPartial ? head.totalsAt! : now));
    return {
      ...summary,
      ...tally(counts),
      windows: windows.map((row) => ({
        ...row,
        opensAt: iso(row.opensAt),
        stopsAt: iso(row.stopsAt),
        closesAt: iso(row.closesAt),
        predictedFinishAt: isoOrNull(row.predictedFinishAt),
      })),
      rings: rings.map((row) => ({
        ...row,
        since: iso(row.since),
        overriddenAt: isoOrNull(row.overriddenAt),
        countedAt: isoOrNull(row.countedAt),
      })),
      progress: progressOf(counts, summary.devices, first!.at, now),
      now: now.toISOString(),
    };
  }

  override async handOvers(tenant: string, rolloutId: string): Promise<HandOvers> {
    type Row = { lastAt: Date | null; afterStop: number };
    const [row] = await this.database.query<Row>(sql.HAND_OVERS, [tenant, rolloutId]);
    return { lastAt: isoOrNull(row!.lastAt), afterStop: row!.afterStop };
  }

  override async devices(
    tenant: string,
    rolloutId: string,
    query: RolloutDeviceQuery,
  ): Promise<z.infer<typeof RolloutDevicePage>> {
    const values = [tenant, rolloutId, query.state ?? null, query.cursor, query.limit];
    const rows = await this.database.query<sql.DeviceRow>(sql.DEVICES, values);
    return { items: rows.map(rolloutDeviceOf), next: rows.length < query.limit ? null : rows.at(-1)!.deviceId };
  }
}

export function rolloutDeviceOf(row: sql.DeviceRow): z.infer<typeof RolloutDevicePage>['items'][number] {
  const { traceparent, ...rest } = row;
  return {
    ...rest,
    commandedAt: isoOrNull(row.commandedAt),
    updatedAt: iso(row.updatedAt),
    traceId: traceIdOf(traceparent) ?? null,
  };
}

function summaryOf({ totals: _, totalsAt: _at, ...head }: sql.HeadRow, counts: Counts): RolloutSummary {
  return { ...head, ...counts, createdAt: iso(head.createdAt), countedAt: iso(counts.countedAt) };
}

function sumOf(counts: readonly sql.StateCount[], countedAt: Date): Counts {
  const sum = (state?: string): number =>
    counts.reduce((all, row) => all + (state === undefined || row.state === state ? row.devices : 0), 0);
  return { devices: sum(), installed: sum('installed'), failed: sum('failed'), countedAt };
}

const atRest = (count: sql.StateCount): LiveCount => ({ ...count, recent: 0 });

function tally(counts: LiveCount[]): Pick<Rollout, 'states' | 'reasons' | 'platforms'> {
  const states: Rollout['states'] = {};
  const platforms = new Map<string, { platform: string; devices: number; installed: number }>();
  for (const row of counts) {
    states[row.state] = (states[row.state] ?? 0) + row.devices;
    const entry = platforms.get(row.platform) ?? { platform: row.platform, devices: 0, installed: 0 };
    entry.devices += row.devices;
    if (row.state === 'installed') entry.installed += row.devices;
    platforms.set(row.platform, entry);
  }
  return { states, reasons: reasonsOf(counts), platforms: [...platforms.values()] };
}

function reasonsOf(counts: LiveCount[]): Rollout['reasons'] {
  const reasons = new Map<string, Rollout['reasons'][number]>();
  for (const { state, reason, devices } of counts) {
    if (reason === null) continue;
    const entry = reasons.get(`${state} ${reason}`) ?? { state, reason, devices: 0 };
    entry.devices += devices;
    reasons.set(`${state} ${reason}`, entry);
  }
  return [...reasons.values()].toSorted((a, b) => b.devices - a.devices).slice(0, 20);
}

/** A download that its policy leaves at that is at its end, too. */
function isSettled({ state, reason }: LiveCount): boolean {
  return (SETTLED as readonly string[]).includes(state) || reason === 'download-only';
}

function recentlyBefore(now: Date): Date {
  return new Date(now.getTime() - RECENT_MINUTES * 60_000);
}

function progressOf(counts: LiveCount[], total: number, firstReleasedAt: Date | null, now: Date): Rollout['progress'] {
  const sum = (pick: (row: LiveCount) => number) => counts.reduce((all, row) => all + pick(row), 0);
  const ofSettled = (pick: (row: LiveCount) => number) => sum((row) => (isSettled(row) ? pick(row) : 0));
  const settled = ofSettled((row) => row.devices);
  const released = sum((row) => row.released);
  const done = ofSettled((row) => row.released);
  const recent = ofSettled((row) => row.recent);
  const pace = paceOf({ recent, done, released, left: total - settled }, firstReleasedAt, now);
  return {
    released,
    commanded: sum((row) => row.commanded),
    settled,
    perMinute: pace.perMinute,
    predictedFinishAt: isoOrNull(pace.predictedFinishAt),
  };
}
