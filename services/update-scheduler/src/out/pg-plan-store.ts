import { isTimeZone } from '@lamplighter/contracts';
import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { compileAssignment, SqlParams } from '../domain/filter.ts';
import { hasCome, type Ring, ringsOf } from '../domain/rings.ts';
import type { PlanChunk, PlannedChunk, PlanTerms } from '../ports/plan.ts';
import { PlanStore } from '../ports/plan.ts';
import { groupsOf, otherRollouts, rankedPolicies } from './judgement-inputs.ts';
import type { Judgement } from './sql/judge-devices.ts';
import { RINGS } from './sql/judgement-inputs.ts';
import { type ChunkOf, planChunk, zoneTerms } from './sql/plan-chunk.ts';
import { unassign } from './sql/unassign.ts';
import { storedPolicy } from './stored-policy.ts';

@Injectable()
export class PgPlanStore extends PlanStore {
  private readonly strange = new Map<string, { zones: readonly string[]; until: number }>();

  constructor(private readonly db: Database) {
    super();
  }

  override async lock(tx: Tx, tenant: string, occurrenceId: string): Promise<PlanTerms | undefined> {
    const [row] = await tx.query<Omit<PlanTerms, 'waves'>>(LOCK, [tenant, occurrenceId]);
    if (!row) return undefined;
    // A statement of its own: it must see what another planner committed while this one waited for the lock.
    const [next] = await tx.query<{ waves: number }>(NEXT_WAVE, [tenant, occurrenceId]);
    return { ...row, spec: storedPolicy(row.spec), waves: next!.waves };
  }

  override async count(tx: Tx, terms: PlanTerms): Promise<number> {
    const { tenant, spec } = terms;
    const params = new SqlParams(terms.openedAt);
    const groups = await groupsOf(tx, tenant);
    const where = [
      `d.tenant = ${params.add(tenant, 'text')}`,
      'd.enrolled',
      compileAssignment(spec.assignment, spec.platforms, groups, params),
      ...zoneTerms({ ...terms, strangeZones: await this.strangeZones(tx, terms) }, params),
    ];
    const text = `SELECT count(*) AS count FROM status_ingestion.device_v1 d WHERE ${where.join(' AND ')}`;
    const [row] = await tx.query<{ count: number }>({ text }, params.values);
    return row?.count ?? 0;
  }

  override async planChunk(tx: Tx, terms: PlanTerms, chunk: PlanChunk): Promise<PlannedChunk> {
    const of: ChunkOf = {
      ...terms,
      strangeZones: await this.strangeZones(tx, terms),
      judgement: await this.judgement(tx, terms, chunk.now),
      after: terms.cursor,
      limit: chunk.limit,
      changedSince: chunk.changedSince,
      firstWave: terms.waves,
      pace: chunk.pace,
      releaseAt: chunk.releaseAt,
    };
    const params = new SqlParams(chunk.now);
    const text = planChunk(of, params);
    await tx.query(BY_HASH);
    const [row] = await tx.query<PlannedChunk & { not_eligible: number; already_installed: number }>(
      { text },
      params.values,
    );
    const { not_eligible: notEligible, already_installed: alreadyInstalled, ...rest } = row!;
    const isLast = rest.scanned < chunk.limit;
    const fallen = isLast ? await this.unassign(tx, of) : NONE_FALLEN;
    return {
      ...rest,
      planned: rest.planned - fallen.planned,
      notEligible: notEligible + fallen.unassigned,
      alreadyInstalled,
    };
  }

  /** Reads the zones of the fleet, at most once a minute. */
  private async strangeZones(tx: Tx, { tenant, zone, defaultZone }: PlanTerms): Promise<readonly string[]> {
    if (zone !== defaultZone) return [];
    const known = this.strange.get(tenant);
    if (known && performance.now() < known.until) return known.zones;
    const rows = await tx.query<{ zone: string }>(ZONES, [tenant]);
    const zones = rows.flatMap((row) => (isTimeZone(row.zone) ? [] : [row.zone]));
    this.strange.set(tenant, { zones, until: performance.now() + 60_000 });
    return zones;
  }

  private async unassign(tx: Tx, of: ChunkOf): Promise<typeof NONE_FALLEN> {
    const params = new SqlParams(of.judgement.now);
    const text = unassign(of, params);
    await tx.query(BY_KEY);
    const [row] = await tx.query<typeof NONE_FALLEN>({ text }, params.values);
    return row!;
  }

  private async judgement(tx: Tx, terms: PlanTerms, now: Date): Promise<Judgement> {
    const { tenant, rolloutId, spec } = terms;
    const isEmergency = spec.emergency || terms.emergency;
    const resendBefore = new Date(now.getTime() - spec.resendAfterHours * HOUR_MS);
    const states = await tx.query<Ring>(RINGS, [tenant, rolloutId]);
    return {
      tenant,
      policyId: terms.policyId,
      spec,
      isEmergency,
      now,
      groups: await groupsOf(tx, tenant),
      policies: await rankedPolicies(tx, tenant),
      rings: ringsOf(spec, isEmergency),
      ringReasons: states.map((ring) => whyWaits(ring, terms.localDate)),
      otherRollouts: await otherRollouts(tx, tenant, { rolloutId }, new Date(now.getTime() - LONGEST_HOURS * HOUR_MS)),
      resendBefore,
    };
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

  override unplanned(now: Date): Promise<{ tenant: string; occurrenceId: string }[]> {
    return this.db.query(
      {
        name: 'unplanned',
        text: `SELECT o.tenant, o.occurrence_id AS "occurrenceId" FROM update_scheduler.occurrence o
                 JOIN update_scheduler.rollout r USING (tenant, rollout_id)
                WHERE o.state IN ('opened', 'planning') AND o.stops_at > $1 AND r.state <> 'aborted' ORDER BY o.opened_at`,
      },
      [now],
    );
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

const NONE_FALLEN = { unassigned: 0, planned: 0 };
const HOUR_MS = 3_600_000;
/** The most that `resendAfterHours` may be, with the hours for which an update is followed after its window. */
export const LONGEST_HOURS = 48;

export function whyWaits(ring: Ring, localDate: string): string | null {
  if (ring.state === 'halted') return 'ring-halted';
  return ring.state === 'waiting' || !hasCome(ring, localDate) ? 'ring-not-reached' : null;
}

const LOCK = {
  name: 'lock-occurrence',
  text: `SELECT o.tenant, o.occurrence_id AS "occurrenceId", o.rollout_id AS "rolloutId", o.policy_id AS "policyId", o.zone,
                o.default_zone AS "defaultZone", o.local_date::text AS "localDate", o.deadline_at AS "deadlineAt", o.opens_at AS "opensAt",
                o.opened_at AS "openedAt", o.stops_at AS "stopsAt", o.state, o.plan_cursor AS cursor, o.planned, o.not_eligible AS "notEligible",
                o.already_installed AS "alreadyInstalled", o.traceparent, r.spec, r.emergency, r.state AS "rolloutState"
           FROM update_scheduler.occurrence o
           JOIN update_scheduler.rollout r ON r.tenant = o.tenant AND r.rollout_id = o.rollout_id
          WHERE o.tenant = $1 AND o.occurrence_id = $2
            FOR UPDATE OF o FOR SHARE OF r`,
};

// See planChunk: its costs cannot be guessed, and so nor can what compiling it would save.
const BY_HASH = plannerOf('by-hash', ['enable_nestloop', 'enable_seqscan', 'enable_bitmapscan', 'jit']);
const BY_KEY = plannerOf('by-key', [
  'enable_hashjoin',
  'enable_mergejoin',
  'enable_seqscan',
  'enable_bitmapscan',
  'jit',
]);

/** All other methods are on, whatever an earlier statement of the transaction has set. */
function plannerOf(name: string, off: readonly string[]): { name: string; text: string } {
  const list = off.map((one) => `'${one}'`).join(', ');
  return {
    name,
    text: `SELECT set_config(name, CASE WHEN name IN (${list}) THEN 'off' ELSE 'on' END, true)
             FROM unnest(ARRAY['enable_nestloop', 'enable_hashjoin', 'enable_mergejoin', 'enable_seqscan', 'enable_bitmapscan', 'jit']) AS name`,
  };
}

// Plan: index-only scan of device_zone.
const ZONES = {
  name: 'zones-of-tenant',
  text: `SELECT DISTINCT d.time_zone AS zone FROM status_ingestion.device_v1 d WHERE d.tenant = $1 AND d.time_zone IS NOT NULL`,
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
