import { ownWindows } from '@lamplighter/contracts';
import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { targetBounds } from '../domain/target.ts';
import { type PlanChunk, type PlannedChunk, PlanStore, type PlanTerms } from '../ports.ts';
import { planChunk } from './sql/plan-chunk.ts';

@Injectable()
export class PgPlanStore extends PlanStore {
  constructor(private readonly db: Database) {
    super();
  }

  override async lock(tx: Tx, tenant: string, occurrenceId: string): Promise<PlanTerms | undefined> {
    const [row] = await tx.query<Omit<PlanTerms, 'waves'>>(LOCK, [tenant, occurrenceId]);
    if (!row) return undefined;
    // A statement of its own: it must see what another planner committed while this one waited for the lock.
    const [next] = await tx.query<{ waves: number }>(NEXT_WAVE, [tenant, occurrenceId]);
    return { ...row, waves: next!.waves };
  }

  override async count(terms: PlanTerms): Promise<number> {
    const { platforms } = terms.spec;
    const [row] = await this.db.query<{ count: number }>(
      {
        name: 'count-candidates',
        text: `SELECT count(*) AS count FROM status_ingestion.device_v1 d
                WHERE d.tenant = $1 AND d.enrolled AND d.platform = ANY($2::text[]) AND ($3 = '*' OR coalesce(d.time_zone, $4) = $3)`,
      },
      [terms.tenant, platforms, terms.zone, defaultZoneOf(terms)],
    );
    return row?.count ?? 0;
  }

  override async planChunk(tx: Tx, terms: PlanTerms, chunk: PlanChunk): Promise<PlannedChunk> {
    const { spec } = terms;
    const { low, high, build, withinMajor } = targetBounds(spec.target);
    const others = await tx.query<{ rollout_id: string }>(OTHERS, [terms.tenant, terms.rolloutId, chunk.lostBefore]);
    await tx.query(PLANNER);
    const [row] = await tx.query<PlannedChunk & { not_eligible: number; already_installed: number }>(planChunk, [
      terms.tenant,
      terms.rolloutId,
      terms.occurrenceId,
      terms.zone,
      defaultZoneOf(terms),
      spec.platforms,
      terms.cursor,
      chunk.limit,
      chunk.now,
      chunk.now.toISOString().slice(0, 10),
      withinMajor,
      low,
      high,
      build,
      terms.waves,
      chunk.pace.waveSize,
      chunk.releaseAt,
      chunk.pace.waveEveryMs,
      terms.stopsAt,
      chunk.lostBefore,
      chunk.changedSince ?? null,
      others.map((other) => other.rollout_id),
    ]);
    const { not_eligible: notEligible, already_installed: alreadyInstalled, ...rest } = row!;
    return { ...rest, notEligible, alreadyInstalled };
  }

  override async save(tx: Tx, terms: PlanTerms): Promise<void> {
    await tx.query(SAVE, [
      terms.tenant,
      terms.occurrenceId,
      terms.state,
      terms.cursor,
      terms.planned,
      terms.notEligible,
      terms.alreadyInstalled,
    ]);
  }

  override joinable(now: Date): Promise<{ tenant: string; occurrenceId: string; openedAt: Date }[]> {
    return this.db.query(
      {
        name: 'joinable',
        text: `SELECT tenant, occurrence_id AS "occurrenceId", opened_at AS "openedAt" FROM update_scheduler.occurrence
                WHERE state = 'planned' AND stops_at > $1`,
      },
      [now],
    );
  }
}

function defaultZoneOf({ spec }: PlanTerms): string {
  return ownWindows(spec)[0]?.defaultZone ?? 'UTC';
}

const LOCK = {
  name: 'lock-occurrence',
  text: `SELECT o.tenant, o.occurrence_id AS "occurrenceId", o.rollout_id AS "rolloutId", o.zone, o.opens_at AS "opensAt",
                o.opened_at AS "openedAt", o.stops_at AS "stopsAt", o.state, o.plan_cursor AS cursor, o.planned, o.not_eligible AS "notEligible",
                o.already_installed AS "alreadyInstalled", o.traceparent, r.spec
           FROM update_scheduler.occurrence o
           JOIN update_scheduler.rollout r ON r.tenant = o.tenant AND r.rollout_id = o.rollout_id
          WHERE o.tenant = $1 AND o.occurrence_id = $2
            FOR UPDATE OF o`,
};

// See planChunk: its costs cannot be guessed, and so nor can what compiling it would save.
const PLANNER = {
  name: 'plan-settings',
  text: `SELECT set_config(name, 'off', true)
           FROM unnest(ARRAY['enable_nestloop', 'enable_seqscan', 'enable_bitmapscan', 'jit']) AS name`,
};

const NEXT_WAVE = {
  name: 'next-wave',
  text: `SELECT coalesce(max(wave) + 1, 0) AS waves FROM update_scheduler.wave WHERE tenant = $1 AND occurrence_id = $2`,
};

const SAVE = {
  name: 'save-plan',
  text: `UPDATE update_scheduler.occurrence
            SET state = $3, plan_cursor = $4, planned = $5, not_eligible = $6, already_installed = $7
          WHERE tenant = $1 AND occurrence_id = $2`,
};

/** Rollouts that may have a device in hand: of windows that are open, or closed within the follow-up time. */
const OTHERS = {
  name: 'other-rollouts',
  text: `SELECT DISTINCT rollout_id FROM update_scheduler.occurrence WHERE tenant = $1 AND rollout_id <> $2 AND stops_at > $3`,
};
