import { isTimeZone, type PolicySpec, resolveWindows, type WindowSpec } from '@lamplighter/contracts';
import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { KeyedWindow } from '../domain/window.ts';
import type { ActivePolicy, ClosableOccurrence, OpenedOccurrence } from '../ports/windows.ts';
import { WindowStore } from '../ports/windows.ts';
import { storedPolicy } from './stored-policy.ts';

@Injectable()
export class PgWindowStore extends WindowStore {
  /** A version of a policy never changes: each is read once. */
  private specs: ReadonlyMap<string, PolicySpec> = new Map();

  constructor(private readonly db: Database) {
    super();
  }

  override async activePolicies(): Promise<ActivePolicy[]> {
    const rows = await this.db.query<ActivePolicy & { named: Record<string, WindowSpec> | null }>({
      name: 'active-policies',
      text: `SELECT p.tenant, p.policy_id AS "policyId", p.version, p.spec, coalesce(r.emergency, false) AS emergency,
                    (SELECT jsonb_object_agg(w.name, w.spec) FROM update_scheduler.window w
                      WHERE w.tenant = p.tenant AND p.spec->'windows' ? w.name) AS named
               FROM update_scheduler.policy p
               LEFT JOIN update_scheduler.rollout r ON r.tenant = p.tenant AND r.policy_id = p.policy_id AND r.policy_version = p.version
               LEFT JOIN update_scheduler.tenant_state t ON t.tenant = p.tenant
              WHERE NOT p.paused AND p.archived_at IS NULL AND t.paused IS NOT TRUE AND r.state IS DISTINCT FROM 'aborted'`,
    });
    const keyOf = ({ tenant, policyId, version }: ActivePolicy): string => `${tenant} ${policyId} ${version}`;
    this.specs = new Map(rows.map((row) => [keyOf(row), this.specs.get(keyOf(row)) ?? storedPolicy(row.spec)]));
    return rows.map(({ named, ...row }) => {
      const spec = this.specs.get(keyOf(row))!;
      return { ...row, spec: resolveWindows(spec, named ?? {}), windows: keyedWindows(spec, named ?? {}) };
    });
  }

  override async zones(): Promise<ReadonlyMap<string, readonly string[]>> {
    const rows = await this.db.query<{ tenant: string; zones: string[] }>({
      name: 'zones',
      text: `SELECT tenant, array_agg(DISTINCT time_zone) AS zones
               FROM status_ingestion.device_v1
              WHERE enrolled AND time_zone IS NOT NULL
              GROUP BY tenant`,
    });
    return new Map(rows.map((row) => [row.tenant, row.zones.filter(isTimeZone)]));
  }

  override async open(tx: Tx, occurrences: readonly OpenedOccurrence[]): Promise<OpenedOccurrence[]> {
    const column = <K extends keyof OpenedOccurrence>(key: K) => occurrences.map((one) => one[key]);
    await tx.query(INSERT_ROLLOUTS, [
      column('tenant'),
      column('rolloutId'),
      column('policyId'),
      column('policyVersion'),
      occurrences[0]?.openedAt,
      occurrences.map((one) => JSON.stringify(one.spec)),
    ]);
    const added = await tx.query<{ occurrence_id: string }>(INSERT_OCCURRENCES, [
      column('tenant'),
      column('occurrenceId'),
      column('rolloutId'),
      column('policyId'),
      column('zone'),
      column('localDate'),
      column('opensAt'),
      column('stopsAt'),
      column('closesAt'),
      column('openedAt'),
      column('traceparent'),
      column('window'),
      column('defaultZone'),
      column('deadlineAt'),
    ]);
    await this.addRings(tx, occurrences);
    const ids = new Set(added.map((row) => row.occurrence_id));
    return occurrences.filter((one) => ids.has(one.occurrenceId));
  }

  /** Those of a rollout that is here already stay as they are; of several occurrences at once the earliest day counts. */
  private async addRings(tx: Tx, occurrences: readonly OpenedOccurrence[]): Promise<void> {
    const rings = occurrences.flatMap(({ tenant, rolloutId, openedAt, rings: own }) =>
      own.map((ring) => ({ tenant, rolloutId, openedAt, ...ring })),
    );
    if (rings.length === 0) return;
    const column = <K extends keyof (typeof rings)[number]>(key: K) => rings.map((one) => one[key]);
    await tx.query(INSERT_RINGS, [
      column('tenant'),
      column('rolloutId'),
      column('ring'),
      column('name'),
      column('state'),
      column('opensOn'),
      rings[0]!.openedAt,
    ]);
  }

  override closable(now: Date): Promise<ClosableOccurrence[]> {
    return this.db.query(CLOSABLE, [now]);
  }

  override async close(tx: Tx, tenant: string, occurrenceId: string): Promise<Record<string, number> | undefined> {
    const [row] = await tx.query<{ leftOver: Record<string, number> }>(CLOSE, [tenant, occurrenceId]);
    return row?.leftOver;
  }
}

const CLOSABLE = {
  name: 'closable',
  text: `SELECT o.tenant, o.occurrence_id AS "occurrenceId", o.rollout_id AS "rolloutId",
                r.state = 'paused' OR p.paused OR t.paused IS TRUE AS "isPaused",
                ARRAY(SELECT g.ring FROM update_scheduler.ring g
                       WHERE g.tenant = o.tenant AND g.rollout_id = o.rollout_id AND g.state = 'halted') AS "haltedRings"
           FROM (SELECT *, row_number() OVER (PARTITION BY tenant ORDER BY closes_at) AS turn
                   FROM update_scheduler.occurrence WHERE state <> 'closed' AND closes_at <= $1) o
           JOIN update_scheduler.rollout r USING (tenant, rollout_id)
           JOIN update_scheduler.policy p ON p.tenant = o.tenant AND p.policy_id = o.policy_id
           LEFT JOIN update_scheduler.tenant_state t ON t.tenant = o.tenant
          WHERE o.turn <= 100 ORDER BY o.closes_at`,
};

// What is scanning or available still has a command out, whose end will put it off.
const CLOSE = {
  name: 'close-occurrence',
  text: `UPDATE update_scheduler.occurrence o
            SET state = 'closed', carried_over = l.devices, left_over = l.reasons, predicted_finish_at = NULL, held_back = NULL
           FROM (SELECT coalesce(sum(devices), 0) AS devices, coalesce(jsonb_object_agg(reason, devices), '{}') AS reasons
                   FROM (SELECT coalesce(u.reason, 'window-closed') AS reason, count(*) AS devices
                           FROM update_scheduler.device_update u
                          WHERE u.tenant = $1 AND u.occurrence_id = $2 AND u.state IN ('planned', 'scanning', 'available', 'waiting')
                          GROUP BY 1) counts) l
          WHERE o.tenant = $1 AND o.occurrence_id = $2 AND o.state <> 'closed'
      RETURNING o.left_over AS "leftOver"`,
};

const INSERT_ROLLOUTS = {
  name: 'insert-rollouts',
  text: `INSERT INTO update_scheduler.rollout (tenant, rollout_id, policy_id, policy_version, state, created_at, spec)
         SELECT DISTINCT ON (tenant, rollout_id) tenant, rollout_id, policy_id, policy_version, 'running', $5::timestamptz, spec
           FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::int[], $6::jsonb[]) AS v (tenant, rollout_id, policy_id, policy_version, spec)
         ON CONFLICT DO NOTHING`,
};

const INSERT_OCCURRENCES = {
  name: 'insert-occurrences',
  text: `INSERT INTO update_scheduler.occurrence (tenant, occurrence_id, rollout_id, policy_id, zone, local_date, opens_at, stops_at,
                closes_at, state, opened_at, traceparent, "window", default_zone, deadline_at)
         SELECT tenant, occurrence_id, rollout_id, policy_id, zone, local_date, opens_at, stops_at, closes_at, 'opened', opened_at, traceparent,
                "window", default_zone, deadline_at
           FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::date[], $7::timestamptz[], $8::timestamptz[],
                $9::timestamptz[], $10::timestamptz[], $11::text[], $12::text[], $13::text[], $14::timestamptz[])
             AS v (tenant, occurrence_id, rollout_id, policy_id, zone, local_date, opens_at, stops_at, closes_at, opened_at, traceparent,
                   "window", default_zone, deadline_at)
         ON CONFLICT DO NOTHING
         RETURNING occurrence_id`,
};

const INSERT_RINGS = {
  name: 'insert-rings',
  text: `INSERT INTO update_scheduler.ring (tenant, rollout_id, ring, name, state, opens_on, since)
         SELECT DISTINCT ON (tenant, rollout_id, ring) tenant, rollout_id, ring, name, state, opens_on, $7::timestamptz
           FROM unnest($1::text[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::date[])
             AS v (tenant, rollout_id, ring, name, state, opens_on)
          ORDER BY tenant, rollout_id, ring, opens_on
         ON CONFLICT DO NOTHING`,
};

/** Of the policy's own ones the place tells them apart: a changed window of the same night does not open again. */
export function keyedWindows(spec: PolicySpec, named: Readonly<Record<string, WindowSpec>>): KeyedWindow[] {
  return spec.windows.flatMap((window, index) => {
    const found = typeof window === 'string' ? named[window] : window;
    return found === undefined ? [] : [{ key: typeof window === 'string' ? window : `#${index + 1}`, spec: found }];
  });
}
