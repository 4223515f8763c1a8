import type { UpdateState } from '@lamplighter/contracts';
import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { Move, RolloutTerms } from '../ports/updates.ts';
import type { StoredUpdate } from '../domain/update.ts';
import { UpdateStore } from '../ports/updates.ts';
import { storedPolicy } from './stored-policy.ts';
import { type OpenRow, updatesOf } from './open-rows.ts';
import { moveArrays } from './move-arrays.ts';
import { applyMoves, keysOnly, tellEvents } from './sql/apply-moves.ts';
import { openUpdates } from './sql/open-updates.ts';

/** A device_update row as StoredUpdate. */
export const UPDATE_COLUMNS = `u.ctid::text AS place, u.rollout_id AS "rolloutId", u.occurrence_id AS "occurrenceId", u.device_id AS "deviceId", u.state, u.reason, u.step,
  u.platform, u.lane, u.from_version AS "fromVersion", u.target_version AS "targetVersion", u.target_build AS "targetBuild",
  u.product_key AS "productKey", u.command_id AS "commandId", u.command_seq AS "commandSeq", u.install_seq AS "installSeq", u.version,
  u.stops_at AS "stopsAt", u.commanded_at AS "commandedAt", u.progress, u.progressed_at AS "progressedAt", u.resends,
  u.deadline_at AS "deadlineAt", u.ring, u.traceparent`;

@Injectable()
export class PgUpdateStore extends UpdateStore {
  constructor(private readonly db: Database) {
    super();
  }

  override async openUpdates(tenant: string, deviceIds: readonly string[]): Promise<StoredUpdate[]> {
    return updatesOf(await this.db.query<OpenRow>(openUpdates, [tenant, deviceIds]));
  }

  override async rolloutTerms(
    tenant: string,
    rolloutIds: readonly string[],
  ): Promise<ReadonlyMap<string, RolloutTerms>> {
    const rows = await this.db.query<RolloutTerms & { id: string }>(
      {
        name: 'rollout-terms',
        text: `SELECT r.rollout_id AS id, r.state, r.spec, r.state = 'paused' OR p.paused IS TRUE OR t.paused IS TRUE AS paused,
                      ARRAY(SELECT g.ring FROM update_scheduler.ring g
                             WHERE g.tenant = r.tenant AND g.rollout_id = r.rollout_id AND g.state = 'halted' AND NOT r.emergency) AS "haltedRings"
                 FROM update_scheduler.rollout r
                 LEFT JOIN update_scheduler.policy p ON p.tenant = r.tenant AND p.policy_id = r.policy_id
                 LEFT JOIN update_scheduler.tenant_state t ON t.tenant = r.tenant
                WHERE r.tenant = $1 AND r.rollout_id = ANY($2::uuid[])`,
      },
      [tenant, rolloutIds],
    );
    return new Map(rows.map((row) => [row.id, { ...row, spec: storedPolicy(row.spec) }]));
  }

  override async holdRollouts(
    tx: Tx,
    tenant: string,
    rolloutIds: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const rows = await tx.query<{ id: string; state: string }>(HOLD_ROLLOUTS, [tenant, rolloutIds]);
    return new Map(rows.map(({ id, state }) => [id, state]));
  }

  override async apply(tx: Tx, tenant: string, moves: readonly Move[], now: Date): Promise<Move[]> {
    if (moves.length === 0) return [];
    await tx.query(keysOnly);
    const rows = await tx.query<{ move: number }>(applyMoves, [tenant, now, ...moveArrays(moves)]);
    const written = rows.map((row) => moves[row.move - 1]!);
    await this.tell(tx, tenant, written);
    return written;
  }

  /** All but the first event of each. */
  private async tell(tx: Tx, tenant: string, moves: readonly Move[]): Promise<void> {
    const events = moves.flatMap(({ update: { deviceId, rolloutId, traceparent }, events: own }) =>
      own.slice(1).map((event) => ({ ...event, deviceId, rolloutId, traceparent })),
    );
    if (events.length === 0) return;
    const of = <K extends keyof (typeof events)[number]>(key: K) => events.map((event) => event[key]);
    await tx.query(tellEvents, [
      tenant,
      of('deviceId'),
      of('rolloutId'),
      of('version'),
      of('at'),
      of('from'),
      of('to'),
      of('reason'),
      of('detail'),
      of('commandId'),
      of('reportId'),
      of('traceparent'),
    ]);
  }

  override inStates(
    tx: Tx,
    of: { tenant: string; rolloutId: string; occurrenceId?: string; wave?: number; lane?: 'ddm'; after?: string },
    states: readonly UpdateState[],
    limit: number,
  ): Promise<StoredUpdate[]> {
    return tx.query(IN_STATES, [
      of.tenant,
      of.rolloutId,
      states,
      limit,
      of.occurrenceId ?? null,
      of.wave ?? null,
      of.lane ?? null,
      of.after ?? '',
    ]);
  }

  override declaredElsewhere(
    tx: Tx,
    { tenant, rolloutId }: { tenant: string; rolloutId: string },
    deviceIds: readonly string[],
  ): Promise<StoredUpdate[]> {
    return tx.query(ELSEWHERE, [tenant, rolloutId, deviceIds]);
  }

  override async tenantsWithOverdue(before: Date): Promise<string[]> {
    const rows = await this.db.query<{ tenant: string }>(TENANTS_WITH_OVERDUE, [before]);
    return rows.map(({ tenant }) => tenant);
  }

  override overdue(tx: Tx, tenant: string, before: Date, limit: number): Promise<StoredUpdate[]> {
    return tx.query(OVERDUE, [tenant, before, limit]);
  }
}

// In the order of the key: two that want several wait for each other in turn.
const HOLD_ROLLOUTS = {
  name: 'hold-rollouts',
  text: `SELECT rollout_id AS id, state FROM update_scheduler.rollout
          WHERE tenant = $1 AND rollout_id = ANY($2::uuid[]) ORDER BY rollout_id FOR SHARE`,
};

// Plan: a range of the primary key from the last page on; read from the start each time, the last pages would pass over all before them.
const IN_STATES = {
  text: `SELECT ${UPDATE_COLUMNS} FROM update_scheduler.device_update u
          WHERE u.tenant = $1 AND u.rollout_id = $2 AND u.state = ANY($3::text[])
            AND ($5::uuid IS NULL OR u.occurrence_id = $5) AND ($6::int IS NULL OR u.wave = $6) AND ($7::text IS NULL OR u.lane = $7)
            AND u.device_id > $8
          ORDER BY u.device_id LIMIT $4`,
};

// Plan: unnest → device_update_device. LATERAL, so that it stays a look-up for each.
const ELSEWHERE = {
  name: 'declared-elsewhere',
  text: `SELECT o.* FROM (SELECT * FROM unnest($3::text[]) AS t(device_id) ORDER BY t.device_id COLLATE "C") d
          CROSS JOIN LATERAL (
            SELECT ${UPDATE_COLUMNS} FROM update_scheduler.device_update u
             WHERE u.tenant = $1 AND u.device_id = d.device_id AND u.rollout_id <> $2 AND u.due_at IS NOT NULL AND u.state <> 'installing'
               FOR UPDATE) o`,
};

// Plan of both: range scan of device_update_due, which holds what is told by declaration and not over yet. Unnamed: planned while the
// table is small, and without ORDER and LIMIT also later, it would read the whole table at each look.
const TENANTS_WITH_OVERDUE = {
  text: `SELECT DISTINCT tenant FROM (SELECT tenant FROM update_scheduler.device_update WHERE due_at < $1 ORDER BY due_at LIMIT 1000) o`,
};
const OVERDUE = {
  name: 'overdue-updates',
  text: `SELECT ${UPDATE_COLUMNS} FROM update_scheduler.device_update u
          WHERE u.tenant = $1 AND u.due_at < $2
          ORDER BY u.due_at LIMIT $3 FOR UPDATE SKIP LOCKED`,
};
