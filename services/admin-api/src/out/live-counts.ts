import type { Database } from '@lamplighter/runtime';
import { type CountRow, LIVE_COUNTS } from './sql/rollouts.ts';

export type Counts = Omit<CountRow, 'rolloutId'> & { countedAt: Date };

/** Counting takes at most this share of the time, however often it is asked for. */
const SHARE = 20;
const FRESH_MS = 2_000;
const MOST = 2_000;

interface Kept {
  counts: Promise<Counts>;
  /** Of `performance.now()`; endless while it is being counted. */
  freshUntil: number;
}

/** The devices of rollouts that are under way: counted when somebody asks, and kept for 2 s or 20 times as long as the counting took. */
export class LiveCounts {
  private readonly kept = new Map<string, Kept>();
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  /** In the order of the ids. */
  async of(tenant: string, rolloutIds: readonly string[], now: Date): Promise<Counts[]> {
    const at = performance.now();
    const stale = rolloutIds.filter((id) => (this.kept.get(keyOf(tenant, id))?.freshUntil ?? 0) < at);
    if (stale.length > 0) this.count(tenant, stale, now);
    return Promise.all(rolloutIds.map((id) => this.kept.get(keyOf(tenant, id))!.counts));
  }

  private count(tenant: string, rolloutIds: readonly string[], now: Date): void {
    const startedAt = performance.now();
    const rows = this.db.query<CountRow>(LIVE_COUNTS, [tenant, rolloutIds]);
    const entries = rolloutIds.map((id): [string, Kept] => {
      const counts = rows.then((all) => {
        const { devices, installed, failed } = all.find((row) => row.rolloutId === id) ?? NONE;
        return { devices, installed, failed, countedAt: now };
      });
      return [keyOf(tenant, id), { counts, freshUntil: Number.POSITIVE_INFINITY }];
    });
    for (const [key, entry] of entries) {
      this.kept.delete(key);
      this.kept.set(key, entry);
    }
    rows.then(
      () => {
        const doneAt = performance.now();
        for (const [, entry] of entries) entry.freshUntil = doneAt + Math.max(FRESH_MS, SHARE * (doneAt - startedAt));
        this.forgetOldest();
      },
      () => {
        for (const [key] of entries) this.kept.delete(key);
      },
    );
  }

  private forgetOldest(): void {
    for (const key of this.kept.keys()) {
      if (this.kept.size <= MOST) return;
      this.kept.delete(key);
    }
  }
}

const NONE = { devices: 0, installed: 0, failed: 0 };
const keyOf = (tenant: string, rolloutId: string): string => `${tenant} ${rolloutId}`;
