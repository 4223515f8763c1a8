import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { type Health, IN_TROUBLE, NOT_COUNTED } from '../domain/health-gate.ts';
import type { RingsOfRollout, StoredRing } from '../ports/rings.ts';
import { RingStore } from '../ports/rings.ts';
import { storedPolicy } from './stored-policy.ts';

@Injectable()
export class PgRingStore extends RingStore {
  constructor(private readonly db: Database) {
    super();
  }

  override judgeable(now: Date): Promise<{ tenant: string; rolloutId: string }[]> {
    return this.db.query(
      {
        name: 'judgeable-rings',
        text: `SELECT DISTINCT r.tenant, r.rollout_id AS "rolloutId" FROM update_scheduler.rollout r
                 JOIN update_scheduler.occurrence o USING (tenant, rollout_id)
                WHERE r.state = 'running' AND o.state <> 'closed' AND o.stops_at > $1
                  AND EXISTS (SELECT FROM update_scheduler.ring g WHERE g.tenant = r.tenant AND g.rollout_id = r.rollout_id)`,
      },
      [now],
    );
  }

  override async isJudged(tx: Tx, tenant: string, rolloutId: string, since: Date): Promise<boolean> {
    const [row] = await tx.query<{ judged: boolean }>(IS_JUDGED, [tenant, rolloutId, since]);
    return row!.judged;
  }

  override async lock(tx: Tx, tenant: string, rolloutId: string): Promise<RingsOfRollout | undefined> {
    const rings = await tx.query<StoredRing>(LOCK, [tenant, rolloutId]);
    const [head] = await tx.query<Omit<RingsOfRollout, 'rings'>>(HEAD, [tenant, rolloutId]);
    return head && { ...head, spec: storedPolicy(head.spec), rings };
  }

  override async health(tx: Tx, tenant: string, rolloutId: string): Promise<ReadonlyMap<number, Health>> {
    const rows = await tx.query<Health & { ring: number }>(HEALTH, [tenant, rolloutId, NOT_COUNTED, IN_TROUBLE]);
    return new Map(rows.map(({ ring, ...health }) => [ring, health]));
  }

  override async save(
    tx: Tx,
    { tenant, rolloutId, now }: { tenant: string; rolloutId: string; now: Date },
    rings: readonly (StoredRing & { health: Health })[],
  ): Promise<void> {
    const column = <K extends keyof StoredRing>(key: K) => rings.map((one) => one[key]);
    const count = (key: keyof Health) => rings.map((one) => one.health[key]);
    await tx.query(SAVE, [
      tenant,
      rolloutId,
      now,
      column('ring'),
      column('state'),
      column('since'),
      column('reason'),
      column('detail'),
      count('devices'),
      count('sent'),
      count('installed'),
      count('failed'),
      count('notNow'),
      count('silent'),
    ]);
  }

  override async override(tx: Tx, tenant: string, rolloutId: string, now: Date): Promise<number> {
    const rows = await tx.query(OVERRIDE, [tenant, rolloutId, now]);
    return rows.length;
  }

  override async replan(tx: Tx, tenant: string, rolloutId: string, now: Date): Promise<void> {
    await tx.query(REPLAN, [tenant, rolloutId, now]);
  }
}

const IS_JUDGED = {
  name: 'are-rings-judged',
  text: `SELECT NOT EXISTS (SELECT FROM update_scheduler.ring
                             WHERE tenant = $1 AND rollout_id = $2 AND (counted_at > $3) IS NOT TRUE) AS judged`,
};

const LOCK = {
  name: 'lock-rings',
  text: `SELECT ring, name, state, opens_on::text AS "opensOn", since, reason, detail, overridden_at AS "overriddenAt"
           FROM update_scheduler.ring WHERE tenant = $1 AND rollout_id = $2 ORDER BY ring FOR UPDATE`,
};

const HEAD = {
  name: 'rollout-of-rings',
  text: `SELECT r.policy_id AS "policyId", r.spec, r.emergency AS "isEmergency",
                (SELECT max(o.local_date)::text FROM update_scheduler.occurrence o
                  WHERE o.tenant = r.tenant AND o.rollout_id = r.rollout_id AND o.state <> 'closed') AS "localDate"
           FROM update_scheduler.rollout r WHERE r.tenant = $1 AND r.rollout_id = $2`,
};

// Sent for: a command, or a declaration. Plan: one scan of the rollout's rows.
const HEALTH = {
  name: 'ring-health',
  text: `SELECT ring, count(*) AS devices, count(*) FILTER (WHERE is_sent) AS sent,
                count(*) FILTER (WHERE state = 'installed') AS installed,
                count(*) FILTER (WHERE is_sent AND (state IN ('failed', 'waiting') AND reason <> ALL($3::text[])
                  OR state IN ('available', 'commanded', 'downloading', 'downloaded', 'installing') AND reason = ANY($4::text[]))) AS failed,
                count(*) FILTER (WHERE is_sent AND reason = 'not-now') AS "notNow",
                count(*) FILTER (WHERE is_sent AND reason = 'silent-after-restart') AS silent
           FROM (SELECT ring, state, reason, command_seq > 0 OR commanded_at IS NOT NULL AS is_sent
                   FROM update_scheduler.device_update WHERE tenant = $1 AND rollout_id = $2 AND ring IS NOT NULL) u
          GROUP BY ring`,
};

const SAVE = {
  name: 'save-rings',
  text: `UPDATE update_scheduler.ring r
            SET state = v.state, since = v.since, reason = v.reason, detail = v.detail, devices = v.devices, sent = v.sent,
                installed = v.installed, failed = v.failed, not_now = v.not_now, silent = v.silent, counted_at = $3
           FROM unnest($4::int[], $5::text[], $6::timestamptz[], $7::text[], $8::text[], $9::int[], $10::int[], $11::int[], $12::int[],
                       $13::int[], $14::int[])
             AS v (ring, state, since, reason, detail, devices, sent, installed, failed, not_now, silent)
          WHERE r.tenant = $1 AND r.rollout_id = $2 AND r.ring = v.ring`,
};

const OVERRIDE = {
  name: 'override-rings',
  text: `UPDATE update_scheduler.ring SET state = 'open', since = $3, reason = NULL, detail = NULL, overridden_at = $3
          WHERE tenant = $1 AND rollout_id = $2 AND state = 'halted' RETURNING ring`,
};

// The cursor goes back to the start; devices that are planned already are left alone.
const REPLAN = {
  name: 'replan-occurrences',
  text: `UPDATE update_scheduler.occurrence SET state = 'planning', plan_cursor = '', not_eligible = 0, already_installed = 0
          WHERE tenant = $1 AND rollout_id = $2 AND state IN ('planning', 'planned') AND stops_at > $3`,
};
