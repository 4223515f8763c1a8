import { CONFIG, Database, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { type Budget, burstOf, refilled } from '../domain/budget.ts';
import { Backlog, Pacer } from '../ports/pacer.ts';
import type { HeldBack } from '../ports/pacer.ts';

/** How long what the broker said counts, in real ms. */
const KEEP_MS = 250;

/** One row for all schedulers: what one takes, no other has. A scheduler that dies after taking has only slowed the others down. */
@Injectable()
export class PgPacer extends Pacer {
  private readonly perMinute: number;
  private readonly mostWaiting: number;
  private waiting: { count: number; until: number } | undefined;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly db: Database,
    private readonly backlog: Backlog,
  ) {
    super();
    this.perMinute = config.LAMP_FIRST_COMMANDS_PER_MINUTE;
    this.mostWaiting = config.LAMP_MAX_BACKLOG;
  }

  override async take(devices: number, now: Date): Promise<HeldBack | null> {
    if (await this.isBehind()) return 'backlog';
    return this.db.transaction(async (tx) => {
      const tokens = await this.tokens(tx, now);
      if (tokens <= 0) return 'budget';
      await tx.query(SAVE, [tokens - devices, now]);
      return null;
    });
  }

  override async holds(now: Date): Promise<HeldBack | null> {
    if (await this.isBehind()) return 'backlog';
    return (await this.db.transaction((tx) => this.tokens(tx, now))) <= 0 ? 'budget' : null;
  }

  private async tokens(tx: Tx, now: Date): Promise<number> {
    await tx.query(FIRST, [burstOf(this.perMinute), now]);
    const [budget] = await tx.query<Budget>(LOCK);
    return refilled(budget!, this.perMinute, now);
  }

  private async isBehind(): Promise<boolean> {
    const nowMs = performance.now();
    if (!this.waiting || nowMs >= this.waiting.until) {
      // A broker that does not say how much waits takes nothing either.
      const count = await this.backlog.waiting().catch(() => Number.POSITIVE_INFINITY);
      this.waiting = { count, until: performance.now() + KEEP_MS };
    }
    return this.waiting.count >= this.mostWaiting;
  }
}

const FIRST = {
  name: 'pacer-first',
  text: `INSERT INTO update_scheduler.pacer (pacer, tokens, refilled_at) VALUES (1, $1, $2) ON CONFLICT DO NOTHING`,
};

const LOCK = {
  name: 'pacer-lock',
  text: `SELECT tokens, refilled_at AS "refilledAt" FROM update_scheduler.pacer WHERE pacer = 1 FOR UPDATE`,
};

const SAVE = {
  name: 'pacer-save',
  text: `UPDATE update_scheduler.pacer SET tokens = $1, refilled_at = greatest(refilled_at, $2) WHERE pacer = 1`,
};
