import { Clock, CONFIG, Database, Log, Outbox } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { overdue } from '../domain/declared.ts';
import { ruleFor } from '../domain/transitions.ts';
import { UpdateStore } from '../ports.ts';
import { stageWithdrawals } from './announce.ts';
import { moveTo, stageAdvanced } from './outgoing.ts';

const CHUNK = 1_000;
const HOUR_MS = 3_600_000;

/** Ends updates by declaration whose time has passed, with the hours in which a device may still bring them about. For a clock to call. */
@Injectable()
export class EndOverdue {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly updates: UpdateStore,
    private readonly log: Log,
  ) {}

  async run(): Promise<void> {
    const { detail, to } = ruleFor('enforce', 'overdue')!;
    const now = this.clock.now();
    const dueBefore = new Date(now.getTime() - this.config.LAMP_CONFIRM_HOURS * HOUR_MS);
    for (const tenant of await this.updates.tenantsWithOverdue(dueBefore)) {
      let count = CHUNK;
      while (count === CHUNK) {
        count = await this.db.transaction(async (tx) => {
          const late = await this.updates.overdue(tx, tenant, dueBefore, CHUNK);
          const moves = late.map((update) => {
            const reason = overdue(update).reason ?? null;
            return moveTo(update, { state: to === 'same' ? update.state : to, reason, step: '' }, detail, now);
          });
          const moved = await this.updates.apply(tx, tenant, moves, now);
          const head = { tenant, at: now };
          await stageAdvanced(this.outbox, tx, head, moved);
          await stageWithdrawals(
            this.outbox,
            tx,
            head,
            moved.map((move) => move.update),
          );
          return late.length;
        });
        if (count > 0) this.log.info({ tenant, count }, 'updates by declaration are overdue');
      }
    }
  }
}
