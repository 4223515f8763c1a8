import { Clock, Database, EachAlone, Log, Outbox } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { DeclaredRollout, Stray } from '../ports/declared.ts';
import { DeclaredStore } from '../ports/declared.ts';
import type { Move } from '../ports/updates.ts';
import { UpdateStore } from '../ports/updates.ts';
import { stageWithdrawals } from './announce.ts';
import { moveTo, stageAdvanced } from './outgoing.ts';

const PAGE = 1_000;

const DETAIL: Readonly<Record<Stray['reason'], string>> = {
  unassigned: 'The policy no longer takes the device in; its declaration is taken back.',
  'other-policy': 'A policy of greater precedence takes the device in; the declaration of this one is taken back.',
};

/**
 * Takes back what devices were told by policies that do not have them any more: facts, a group or a policy has changed since. A plan
 * would see it at the next window, which may be when they install. For a clock to call; any number may.
 */
@Injectable()
export class RecallStrays {
  private nextLookAt = 0;
  private readonly each: EachAlone<DeclaredRollout>;

  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly declared: DeclaredStore,
    private readonly updates: UpdateStore,
    private readonly log: Log,
  ) {
    this.each = new EachAlone(log, 'declarations could not be taken back from devices that are no more the policy’s', [
      'tenant',
      'rolloutId',
    ]);
  }

  /** Reads all that was told and is not over, so at most for a fiftieth of the time. */
  async run(): Promise<void> {
    const startMs = performance.now();
    if (startMs < this.nextLookAt) return;
    await this.each.run(await this.declared.rollouts(), (one) => this.look(one));
    this.nextLookAt = startMs + (performance.now() - startMs) * 50;
  }

  private async look(of: DeclaredRollout): Promise<void> {
    for (let after: string | undefined = ''; after !== undefined;) {
      const told: string[] = await this.declared.told(of, after, PAGE);
      const count = told.length === 0 ? 0 : await this.recall(of, told);
      if (count > 0) this.log.info({ tenant: of.tenant, rolloutId: of.rolloutId, count }, 'declarations taken back');
      after = told.length === PAGE ? told.at(-1) : undefined;
    }
  }

  private recall(of: DeclaredRollout, deviceIds: readonly string[]): Promise<number> {
    const to = { tenant: of.tenant, at: this.clock.now() };
    return this.db.transaction(async (tx) => {
      const strays = await this.declared.strays(tx, of, deviceIds, to.at);
      const moves = strays.map(({ update, reason }): Move => {
        return moveTo(update, { state: 'not-eligible', reason, step: '' }, DETAIL[reason], to.at);
      });
      const moved = await this.updates.apply(tx, of.tenant, moves, to.at);
      await stageAdvanced(this.outbox, tx, to, moved);
      const gone = moved.map((move) => move.update);
      await stageWithdrawals(this.outbox, tx, to, gone);
      return moved.length;
    });
  }
}
