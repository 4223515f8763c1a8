import {
  AppError,
  commandRevoke,
  derivedUuid,
  type InputOf,
  message,
  type rolloutControl,
  type UpdateState,
} from '@lamplighter/contracts';
import { Clock, Database, Log, Outbox, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { PolicyStore, UpdateStore } from '../ports.ts';
import { moveTo, stageAdvanced } from './outgoing.ts';

const STATE = { pause: 'paused', resume: 'running', abort: 'aborted' } as const;
const CHUNK = 1_000;
/** What no device has taken yet. */
const UNTAKEN: readonly UpdateState[] = ['planned', 'scanning', 'available', 'waiting'];

/** Pauses, resumes or aborts a rollout at once. What devices have taken is followed to its end in any case. */
@Injectable()
export class ControlRollout {
  /** Aborted ones whose updates are still to be ended; at start, all: a crash may have left some. */
  private ending: { tenant: string; rolloutId: string }[] | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly policies: PolicyStore,
    private readonly updates: UpdateStore,
    private readonly log: Log,
  ) {}

  async run({
    tenant,
    rolloutId,
    action,
  }: InputOf<typeof rolloutControl>): Promise<{ rolloutId: string; state: string }> {
    const state = STATE[action];
    await this.db.transaction(async (tx) => {
      const old = await this.policies.rolloutState(tx, tenant, rolloutId);
      if (old === undefined)
        throw new AppError('rollout.not-found', `there is no rollout ${rolloutId} in this tenant`, {
          outcome: 'drop',
          remedy: 'list the rollouts to see their ids',
        });
      if (old === 'aborted' && action !== 'abort') {
        throw new AppError('rollout.aborted', `rollout ${rolloutId} was aborted and cannot be ${state}`, {
          outcome: 'drop',
          remedy: 'change the policy: its new version begins a new rollout',
        });
      }
      await this.policies.setRolloutState(tx, tenant, rolloutId, state);
      if (action === 'abort') await this.revoke(tx, tenant, rolloutId);
    });
    if (action === 'abort') this.ending?.push({ tenant, rolloutId });
    this.log.info({ tenant, rolloutId, state }, 'rollout controlled');
    return { rolloutId, state };
  }

  /** Ends the updates of aborted rollouts, in chunks; for a clock to call. */
  async endAborted(): Promise<void> {
    this.ending ??= await this.policies.abortedRollouts();
    for (let one = this.ending[0]; one; one = this.ending[0]) {
      while (await this.endChunk(one));
      this.ending.shift();
    }
  }

  private async endChunk(one: { tenant: string; rolloutId: string }): Promise<boolean> {
    const now = this.clock.now();
    return this.db.transaction(async (tx) => {
      const left = await this.updates.inStates(tx, one, UNTAKEN, CHUNK);
      // The command stays known: a device that has it in hand may still answer, and is followed then.
      const moves = left.map((update) =>
        moveTo(update, { state: 'failed', reason: 'aborted' }, 'The rollout was aborted.', now),
      );
      await stageAdvanced(
        this.outbox,
        tx,
        { tenant: one.tenant, at: now },
        await this.updates.apply(tx, one.tenant, moves, now),
      );
      return left.length === CHUNK;
    });
  }

  private async revoke(tx: Tx, tenant: string, rolloutId: string): Promise<void> {
    const at = this.clock.now();
    const id = derivedUuid('command.revoke', rolloutId, at.toISOString());
    await this.outbox.stage(tx, commandRevoke, message(commandRevoke, { id, tenant, at }, [{ cause: rolloutId }]), id);
  }
}
