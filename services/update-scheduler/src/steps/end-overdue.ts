import { Clock, CONFIG, Database, EachAlone, Log, Outbox } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { overdue } from '../domain/declared.ts';
import { ruleFor } from '../domain/transitions.ts';
import { UpdateStore } from '../ports/updates.ts';
import { stageWithdrawals } from './announce.ts';
import { moveTo, stageAdvanced } from './outgoing.ts';

const CHUNK = 1_000;
const HOUR_MS = 3_600_000;

/** Ends updates by declaration whose time has passed, with the hours in which a device may still bring them about. For a clock to call. */
@Injectable()
export class EndOverdue {
  private readonly each: EachAlone<{ tenant: string }>;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly updates: UpdateStore,
    private readonly log: Log,
  ) {
    this.each = new EachAlone(log, 'updates by declaration that are overdue could not be ended', ['tenant']);
  }

  async run(): Promise<void> {
    const dueBefore = new Date(this.clock.now().getTime() - this.config.LAMP_CONFIRM_HOURS * HOUR_MS);
    const tenants = await this.updates.tenantsWithOverdue(dueBefore);
    const each = tenants.map((tenant) => ({ tenant }));
    await this.each.run(each, async ({ tenant }) => {
      while ((await this.endChunk(tenant, dueBefore)) === CHUNK);
    });
  }

  /** How many were overdue. */
  private async endChunk(tenant: string, dueBefore: Date): Promise<number> {
    const { detail } = ruleFor('enforce', 'overdue')!;
    const to = { tenant, at: this.clock.now() };
    const count = await this.db.transaction(async (tx) => {
      const late = await this.updates.overdue(tx, tenant, dueBefore, CHUNK);
      const moves = late.map((update) =>
        moveTo(update, { state: 'failed', reason: overdue(update).reason!, step: '' }, detail, to.at),
      );
      const moved = await this.updates.apply(tx, tenant, moves, to.at);
      const ended = moved.map((move) => move.update);
      await stageAdvanced(this.outbox, tx, to, moved);
      await stageWithdrawals(this.outbox, tx, to, ended);
      return late.length;
    });
    if (count > 0) this.log.info({ tenant, count }, 'updates by declaration are overdue');
    return count;
  }
}
