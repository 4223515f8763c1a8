import {
  AppError,
  commandRevoke,
  derivedUuid,
  type InputOf,
  message,
  type rolloutControl,
  type UpdateState,
} from '@lamplighter/contracts';
import { Clock, Database, EachAlone, Log, Outbox, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { HoldStore } from '../ports/hold.ts';
import { PolicyStore } from '../ports/policies.ts';
import type { StoredUpdate } from '../domain/update.ts';
import { UpdateStore } from '../ports/updates.ts';
import { RingStore } from '../ports/rings.ts';
import type { StoredRing } from '../ports/rings.ts';
import { stageWithdrawals } from './announce.ts';
import { moveTo, stageAdvanced } from './outgoing.ts';

const STATE = { pause: 'paused', resume: 'running', abort: 'aborted', emergency: 'running' } as const;
const CHUNK = 1_000;
/** What no device has taken yet. */
const UNTAKEN: readonly UpdateState[] = ['planned', 'scanning', 'available', 'waiting'];
/** Of updates by declaration too: it can be taken back until the device installs. */
const DECLARED: readonly UpdateState[] = ['commanded', 'downloading', 'downloaded'];

interface Rollout {
  tenant: string;
  rolloutId: string;
}
type Input = InputOf<typeof rolloutControl>;
interface Controlled {
  rolloutId: string;
  state: string;
  emergency: boolean;
  overridden: number;
}

/** Pauses, resumes or aborts a rollout at once, or lets it go as an emergency. What devices have taken is followed to its end in any case. */
@Injectable()
export class ControlRollout {
  private readonly each: EachAlone<Rollout>;

  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly policies: PolicyStore,
    private readonly rings: RingStore,
    private readonly holds: HoldStore,
    private readonly updates: UpdateStore,
    private readonly log: Log,
  ) {
    this.each = new EachAlone(log, 'the updates of an aborted rollout could not be ended', ['tenant', 'rolloutId']);
  }

  async run({ tenant, rolloutId, action, override = false }: Input): Promise<Controlled> {
    const state = STATE[action];
    const overridden = await this.db.transaction(async (tx) => {
      const old = await this.policies.rolloutState(tx, tenant, rolloutId);
      if (old === undefined) throw unknownRollout(rolloutId);
      if (old === 'aborted' && action !== 'abort') throw alreadyAborted(rolloutId, state);
      await this.policies.setRolloutState(tx, tenant, rolloutId, state);
      if (action === 'abort') await this.revoke(tx, tenant, rolloutId);
      if (action === 'emergency' && !(await this.policies.makeEmergency(tx, tenant, rolloutId)))
        throw outdated(rolloutId);
      if (action !== 'resume') return 0;
      const rings = await this.resumeRings(tx, { tenant, rolloutId }, old, override);
      await this.holds.replan(tx, { tenant, rolloutId }, this.clock.now());
      return rings;
    });
    this.log.info({ tenant, rolloutId, state, action, overridden }, 'rollout controlled');
    return { rolloutId, state, emergency: action === 'emergency', overridden };
  }

  private async resumeRings(tx: Tx, { tenant, rolloutId }: Rollout, old: string, override: boolean): Promise<number> {
    const now = this.clock.now();
    if (override) {
      const overridden = await this.rings.override(tx, tenant, rolloutId, now);
      if (overridden > 0) await this.rings.replan(tx, tenant, rolloutId, now);
      return overridden;
    }
    if (old !== 'running') return 0;
    const halted = (await this.rings.lock(tx, tenant, rolloutId))?.rings.find((ring) => ring.state === 'halted');
    if (halted) throw stillHalted(halted);
    return 0;
  }

  /** Aborts a rollout that there is, in somebody else's transaction. */
  async abortWithin(tx: Tx, { tenant, rolloutId }: Rollout): Promise<void> {
    await this.policies.rolloutState(tx, tenant, rolloutId);
    await this.policies.setRolloutState(tx, tenant, rolloutId, STATE.abort);
    await this.revoke(tx, tenant, rolloutId);
  }

  /** Ends the updates of aborted rollouts, in chunks; for a clock to call. Any number may, and one that was killed leaves the rest to others. */
  async endAborted(): Promise<void> {
    await this.each.run(await this.policies.abortedRollouts(), async (one) => {
      // What others moved meanwhile is looked at once more.
      while ((await this.endAll(one, UNTAKEN)) + (await this.endAll({ ...one, lane: 'ddm' }, DECLARED)) > 0);
      await this.db.transaction((tx) => this.policies.setEnded(tx, one.tenant, one.rolloutId, this.clock.now()));
    });
  }

  /** Goes through the rollout once. Returns how many it found. */
  private async endAll(of: Rollout & { lane?: 'ddm' }, states: readonly UpdateState[]): Promise<number> {
    let found = 0;
    for (let after: string | undefined = ''; after !== undefined;) {
      const page = await this.endPage({ ...of, after }, states);
      found += page.length;
      after = page.length < CHUNK ? undefined : page.at(-1)!.deviceId;
    }
    return found;
  }

  private async endPage(
    of: Rollout & { lane?: 'ddm'; after: string },
    states: readonly UpdateState[],
  ): Promise<StoredUpdate[]> {
    const now = this.clock.now();
    const to = { tenant: of.tenant, at: now };
    return this.db.transaction(async (tx) => {
      const left = await this.updates.inStates(tx, of, states, CHUNK);
      // The command stays known: a device that has it in hand may still answer, and is followed then.
      const moves = left.map((update) => {
        const step = update.lane === 'ddm' ? '' : update.step;
        return moveTo(update, { state: 'failed', reason: 'aborted', step }, 'The rollout was aborted.', now);
      });
      const moved = await this.updates.apply(tx, of.tenant, moves, now);
      await stageAdvanced(this.outbox, tx, to, moved);
      await stageWithdrawals(
        this.outbox,
        tx,
        to,
        moved.map((move) => move.update),
      );
      return left;
    });
  }

  private async revoke(tx: Tx, tenant: string, rolloutId: string): Promise<void> {
    const at = this.clock.now();
    const id = derivedUuid('command.revoke', rolloutId, at.toISOString());
    await this.outbox.stage(tx, commandRevoke, message(commandRevoke, { id, tenant, at }, [{ cause: rolloutId }]), id);
  }
}

function unknownRollout(rolloutId: string): AppError {
  return new AppError('rollout.not-found', `there is no rollout ${rolloutId} in this tenant`, {
    outcome: 'drop',
    remedy: 'list the rollouts to see their ids',
  });
}

function alreadyAborted(rolloutId: string, state: string): AppError {
  return new AppError('rollout.aborted', `rollout ${rolloutId} was aborted and cannot be ${state}`, {
    outcome: 'drop',
    remedy: 'change the policy: its new version begins a new rollout',
  });
}

function outdated(rolloutId: string): AppError {
  return new AppError('rollout.outdated', `rollout ${rolloutId} is not that of its policy's newest version`, {
    outcome: 'drop',
    remedy: 'let the newest rollout of the policy go, or set the policy’s emergency flag',
  });
}

function stillHalted({ name, detail }: StoredRing): AppError {
  return new AppError('rollout.halted', `ring "${name}" is halted by the health gate: ${detail}`, {
    outcome: 'drop',
    remedy: 'look at the failed devices of the earlier rings; then resume with `override`, or abort',
  });
}
