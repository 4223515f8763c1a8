import { message, rolloutPlanned } from '@lamplighter/contracts';
import { Clock, CONFIG, Database, Log, Outbox, Tracer, type Tx } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { paceOf } from '../domain/pace.ts';
import { JudgeRings } from './judge-rings.ts';
import type { Pace, PlanChunk, PlanTerms } from '../ports/plan.ts';
import { PlanStore } from '../ports/plan.ts';

/** One wave: those of all zones go out before the plans of large fleets do. */
const FIRST_CHUNK = 1_000;

/** Chooses an occurrence's devices and deals them into waves, chunk by chunk: a plan that was interrupted goes on where it was. */
@Injectable()
export class PlanRollout {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly plans: PlanStore,
    private readonly judgeRings: JudgeRings,
    private readonly tracer: Tracer,
    private readonly log: Log,
  ) {}

  async run(occurrence: { tenant: string; occurrenceId: string; traceparent?: string | undefined }): Promise<void> {
    await this.tracer.span('plan-rollout', { traceparent: occurrence.traceparent }, async () => {
      let pace: Pace | undefined;
      let more = true;
      while (more) {
        more = await this.db.transaction(async (tx) => {
          const terms = await this.plans.lock(tx, occurrence.tenant, occurrence.occurrenceId);
          if (!terms || isOver(terms)) return false;
          if (terms.state === 'opened')
            await this.judgeRings.judgeFor(tx, terms.tenant, terms.rolloutId, terms.openedAt);
          pace ??= await this.pace(tx, terms);
          return this.planNext(tx, terms, pace);
        });
      }
    });
  }

  /** Devices that enrolled or reported since join an occurrence that is planned already. Returns how many. */
  async join(occurrence: { tenant: string; occurrenceId: string }, changedSince: Date): Promise<number> {
    return this.db.transaction(async (tx) => {
      const terms = await this.plans.lock(tx, occurrence.tenant, occurrence.occurrenceId);
      const now = this.clock.now();
      if (terms?.state !== 'planned' || terms.rolloutState === 'aborted' || now >= terms.stopsAt) return 0;
      const from = { ...terms, cursor: '' };
      const pace = paceOf({ ...terms.spec, pace: { ...terms.spec.pace, spread: 0 } }, 0, 0);
      const chunk = await this.plans.planChunk(tx, from, {
        ...this.chunk(now, pace),
        releaseAt: now,
        changedSince,
        limit: 1_000_000,
      });
      if ([chunk.planned, chunk.notEligible, chunk.alreadyInstalled].every((count) => count === 0)) return 0;
      await this.plans.save(tx, { ...add(terms, chunk), cursor: terms.cursor });
      this.log.info(
        { occurrenceId: terms.occurrenceId, count: chunk.planned },
        'devices joined or left an open window',
      );
      return chunk.planned;
    });
  }

  /** How many there are is asked only where they are to be spread: it reads the tenant's fleet. */
  private async pace(tx: Tx, terms: PlanTerms): Promise<Pace> {
    const devices = terms.spec.pace.spread > 0 ? await this.plans.count(tx, terms) : 0;
    return paceOf(terms.spec, devices, terms.stopsAt.getTime() - terms.openedAt.getTime());
  }

  private chunk(now: Date, pace: Pace): Omit<PlanChunk, 'releaseAt'> {
    return { now, limit: this.config.LAMP_PLAN_CHUNK, pace };
  }

  private async planNext(tx: Tx, terms: PlanTerms, pace: Pace): Promise<boolean> {
    const now = this.clock.now();
    const releaseAt = new Date(terms.openedAt.getTime() + terms.waves * pace.waveEveryMs);
    const { LAMP_PLAN_CHUNK } = this.config;
    const limit = terms.cursor === '' ? Math.min(FIRST_CHUNK, LAMP_PLAN_CHUNK) : LAMP_PLAN_CHUNK;
    const chunk = await this.plans.planChunk(tx, terms, { ...this.chunk(now, pace), limit, releaseAt });
    const done = chunk.scanned < limit;
    const next: PlanTerms = { ...add(terms, chunk), state: done ? 'planned' : 'planning' };
    await this.plans.save(tx, next);
    if (!done) return true;
    const { occurrenceId, rolloutId, planned, waves, notEligible, alreadyInstalled } = next;
    const item = { occurrenceId, rolloutId, planned, waves, notEligible, alreadyInstalled };
    await this.outbox.stage(
      tx,
      rolloutPlanned,
      message(rolloutPlanned, { id: occurrenceId, tenant: terms.tenant, at: now }, [item]),
      occurrenceId,
    );
    this.log.info(item, 'rollout planned');
    return false;
  }
}

/** Nothing is left to be planned, or nothing may be any more. */
function isOver({ state, rolloutState }: PlanTerms): boolean {
  return state === 'planned' || state === 'closed' || rolloutState === 'aborted';
}

function add(
  terms: PlanTerms,
  chunk: { cursor: string; planned: number; notEligible: number; alreadyInstalled: number; waves: number },
): PlanTerms {
  return {
    ...terms,
    cursor: chunk.cursor === '' ? terms.cursor : chunk.cursor,
    planned: terms.planned + chunk.planned,
    notEligible: terms.notEligible + chunk.notEligible,
    alreadyInstalled: terms.alreadyInstalled + chunk.alreadyInstalled,
    waves: terms.waves + chunk.waves,
  };
}
