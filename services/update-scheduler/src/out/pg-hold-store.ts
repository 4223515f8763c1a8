import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { ORDERS } from '../domain/update.ts';
import type { Held } from '../ports/hold.ts';
import { HoldStore } from '../ports/hold.ts';
import type { StoredUpdate } from '../domain/update.ts';
import { UPDATE_COLUMNS } from './pg-update-store.ts';

@Injectable()
export class PgHoldStore extends HoldStore {
  constructor(private readonly db: Database) {
    super();
  }

  override held(): Promise<Held[]> {
    return this.db.query(HELD);
  }

  override async keep(tx: Tx, { tenant, rolloutId }: Pick<Held, 'tenant' | 'rolloutId'>): Promise<Held | undefined> {
    // Statements of their own: what a resume that they waited for has written is read after them.
    await tx.query(LOCK_ROLLOUT, [tenant, rolloutId]);
    await tx.query(LOCK_TENANT, [tenant]);
    const [held] = await tx.query<Held>(KEEP, [tenant, rolloutId]);
    return held;
  }

  override declared(tx: Tx, held: Held, limit: number): Promise<StoredUpdate[]> {
    return tx.query(DECLARED, [held.tenant, held.rolloutId, held.rings, limit]);
  }

  override installing(tx: Tx, held: Held, limit: number): Promise<StoredUpdate[]> {
    return tx.query(INSTALLING, [held.tenant, held.rolloutId, held.rings, limit]);
  }

  override ordered(held: Held, after: string, limit: number): Promise<{ deviceId: string; commandId: string }[]> {
    return this.db.query(ORDERED, [held.tenant, held.rolloutId, held.rings, [...ORDERS], after, limit]);
  }

  override async replan(
    tx: Tx,
    { tenant, rolloutId, policyId }: { tenant: string; rolloutId?: string; policyId?: string },
    now: Date,
  ): Promise<void> {
    await tx.query(REPLAN, [tenant, rolloutId ?? null, policyId ?? null, now]);
  }
}

const held = (where: string) => `
SELECT * FROM (
  SELECT r.tenant, r.rollout_id AS "rolloutId", CASE WHEN h.paused THEN 'paused' ELSE 'ring-halted' END AS reason,
         CASE WHEN NOT h.paused THEN g.rings END AS rings
    FROM update_scheduler.rollout r
    JOIN update_scheduler.policy p ON p.tenant = r.tenant AND p.policy_id = r.policy_id
   CROSS JOIN LATERAL (
         SELECT r.state = 'paused' OR p.paused OR EXISTS (
                SELECT FROM update_scheduler.tenant_state t WHERE t.tenant = r.tenant AND t.paused) AS paused) h
   CROSS JOIN LATERAL (
         SELECT array_agg(g.ring) AS rings FROM update_scheduler.ring g
          WHERE g.tenant = r.tenant AND g.rollout_id = r.rollout_id AND g.state = 'halted' AND NOT r.emergency) g
   WHERE r.state <> 'aborted' AND (h.paused OR g.rings IS NOT NULL) AND ${where}
`;

// Plan: the rollouts, which are few; for those that are held one look-up each into device_update_declared and the occurrences. OFFSET: not
// all devices that there are, hashed, for rollouts of which none is held. Unnamed: not as planned while the table was empty.
const HELD = {
  text: `${held(`(
         EXISTS (SELECT FROM update_scheduler.device_update u
                  WHERE u.tenant = r.tenant AND u.rollout_id = r.rollout_id AND u.due_at IS NOT NULL OFFSET 0)
      OR EXISTS (SELECT FROM update_scheduler.occurrence o
                  WHERE o.tenant = r.tenant AND o.rollout_id = r.rollout_id AND o.state <> 'closed'))`)}) all_held`,
};

const KEEP = {
  name: 'keep-held',
  text: `${held('r.tenant = $1 AND r.rollout_id = $2')}) one`,
};

const LOCK_ROLLOUT = {
  name: 'keep-held-rollout',
  text: `SELECT FROM update_scheduler.rollout r
           JOIN update_scheduler.policy p ON p.tenant = r.tenant AND p.policy_id = r.policy_id
          WHERE r.tenant = $1 AND r.rollout_id = $2 FOR SHARE OF r, p`,
};
const LOCK_TENANT = {
  name: 'keep-held-tenant',
  text: `SELECT FROM update_scheduler.tenant_state WHERE tenant = $1 FOR SHARE`,
};

const RING = '($3::int[] IS NULL OR u.ring = ANY($3))';

// Plan of both: device_update_declared.
const DECLARED = {
  name: 'held-declared',
  text: `SELECT ${UPDATE_COLUMNS} FROM update_scheduler.device_update u
          WHERE u.tenant = $1 AND u.rollout_id = $2 AND u.due_at IS NOT NULL AND ${RING} AND u.state <> 'installing'
          ORDER BY u.device_id LIMIT $4 FOR UPDATE SKIP LOCKED`,
};
const INSTALLING = {
  name: 'held-installing',
  text: `SELECT ${UPDATE_COLUMNS} FROM update_scheduler.device_update u
          WHERE u.tenant = $1 AND u.rollout_id = $2 AND u.due_at IS NOT NULL AND ${RING} AND u.state = 'installing'
            AND u.reason IS DISTINCT FROM 'past-recall'
          ORDER BY u.device_id LIMIT $4 FOR UPDATE SKIP LOCKED`,
};

// Plan: the rows of open windows, by device_update_wave.
const ORDERED = {
  name: 'held-ordered',
  text: `SELECT u.device_id AS "deviceId", u.command_id AS "commandId" FROM update_scheduler.device_update u
          WHERE u.tenant = $1 AND u.rollout_id = $2 AND u.lane = 'mdm' AND ${RING} AND u.step = ANY($4::text[]) AND u.command_id IS NOT NULL
            AND u.device_id > $5 AND u.occurrence_id = ANY(ARRAY(
                SELECT o.occurrence_id FROM update_scheduler.occurrence o
                 WHERE o.tenant = $1 AND o.rollout_id = $2 AND o.state <> 'closed'))
          ORDER BY u.device_id LIMIT $6`,
};

// The cursor goes back to the start, of a plan under way too: what was taken back may lie behind it. Devices that are planned already are left alone.
const REPLAN = {
  name: 'replan-recalled',
  text: `UPDATE update_scheduler.occurrence o SET state = 'planning', plan_cursor = '', not_eligible = 0, already_installed = 0
          WHERE o.tenant = $1 AND ($2::uuid IS NULL OR o.rollout_id = $2) AND ($3::uuid IS NULL OR o.policy_id = $3)
            AND o.state IN ('planning', 'planned') AND o.stops_at > $4
            AND EXISTS (SELECT FROM update_scheduler.device_update u
                         WHERE u.tenant = o.tenant AND u.occurrence_id = o.occurrence_id AND u.lane = 'ddm'
                           AND u.state = 'waiting' AND u.reason IN ('paused', 'ring-halted'))`,
};
