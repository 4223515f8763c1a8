import { type AnySpec, parseSpec, type Policy, type ResourceKind } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { type Inventory, keyOf, type SpecChange } from '../domain/policy/plan-changes.ts';
import type { SpecAuthor } from '../ports/policies.ts';
import { SpecStore } from '../ports/policies.ts';

interface Row {
  kind: ResourceKind;
  id: string;
  name: string;
  version: number;
  spec: AnySpec;
}

@Injectable()
export class PgSpecStore extends SpecStore {
  override async lock(tx: Tx, tenant: string): Promise<Inventory> {
    await tx.query(LOCK, [tenant]);
    const rows = [
      ...(await tx.query<Row>(GROUPS, [tenant])),
      ...(await tx.query<Row>(WINDOWS, [tenant])),
      ...(await tx.query<Row>(POLICIES, [tenant])),
    ];
    const gone = await tx.query<{ kind: ResourceKind; id: string; version: number }>(GONE, [tenant]);
    return {
      stored: rows.map((row) => ({ ...row, spec: whole(row) })),
      lastVersions: new Map(gone.map((row) => [keyOf(row), row.version])),
    };
  }

  override async write(tx: Tx, tenant: string, change: SpecChange, author: SpecAuthor): Promise<void> {
    const { kind, id, name, version, after, why } = change;
    const spec = after === undefined ? null : JSON.stringify(after);
    await tx.query(TELL, [
      tenant,
      kind.toLowerCase(),
      id,
      version,
      name,
      spec,
      why ?? null,
      author.at,
      author.by ?? null,
    ]);
    if (kind === 'Policy') {
      if (after) await tx.query(PUT_POLICY, [tenant, id, name, version, spec, author.at]);
      else await tx.query(ARCHIVE_POLICY, [tenant, id, version, author.at]);
    } else {
      const { put, remove } = NAMED[kind];
      if (after) await tx.query(put, [tenant, name, version, spec, author.at]);
      else await tx.query(remove, [tenant, name]);
    }
  }

  override async policy(tx: Tx, tenant: string, policyId: string): Promise<Policy | undefined> {
    const [row] = await tx.query<Policy & { createdAt: Date; updatedAt: Date }>(POLICY, [tenant, policyId]);
    return row && { ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() };
  }

  override async setPaused(tx: Tx, tenant: string, policyId: string, paused: boolean): Promise<void> {
    await tx.query(PAUSE, [tenant, policyId, paused]);
  }

  override async setTenantPaused(tx: Tx, tenant: string, paused: boolean, author: SpecAuthor): Promise<void> {
    await tx.query(PAUSE_TENANT, [tenant, paused, author.at, author.by ?? null]);
  }

  override async openRollouts(tx: Tx, tenant: string, policyIds: readonly string[]): Promise<string[]> {
    const rows = await tx.query<{ rollout_id: string }>(OPEN_ROLLOUTS, [tenant, policyIds]);
    return rows.map((row) => row.rollout_id);
  }
}

/** With the defaults of fields that there were not yet when it was stored. */
function whole({ kind, name, spec }: Row): AnySpec {
  const parsed = parseSpec(kind, { ...spec, name });
  return parsed.faults ? spec : parsed.spec;
}

// Specs refer to each other: they are changed one after the other.
const LOCK = { text: `SELECT pg_advisory_xact_lock(hashtextextended('update_scheduler.specs ' || $1, 0))` };

// Nobody removes a group while a policy that names it is being written.
const GROUPS = {
  text: `SELECT 'Group' AS kind, name AS id, name, version, spec FROM update_scheduler.device_group
          WHERE tenant = $1 ORDER BY name FOR SHARE`,
};
const WINDOWS = {
  text: `SELECT 'Window' AS kind, name AS id, name, version, spec FROM update_scheduler.window WHERE tenant = $1 ORDER BY name`,
};
const POLICIES = {
  text: `SELECT 'Policy' AS kind, policy_id::text AS id, name, version, spec FROM update_scheduler.policy
          WHERE tenant = $1 AND archived_at IS NULL ORDER BY name`,
};

const GONE = {
  text: `SELECT initcap(kind) AS kind, id, max(version) AS version FROM update_scheduler.spec_version
          WHERE tenant = $1 GROUP BY kind, id`,
};

const TELL = {
  text: `INSERT INTO update_scheduler.spec_version (tenant, kind, id, version, name, spec, why, changed_at, changed_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
};

const named = (table: string) => ({
  put: {
    text: `INSERT INTO update_scheduler.${table} (tenant, name, version, spec, created_at, updated_at)
           VALUES ($1, $2, $3, $4, $5, $5)
           ON CONFLICT (tenant, name) DO UPDATE
              SET version = EXCLUDED.version, spec = EXCLUDED.spec, updated_at = EXCLUDED.updated_at`,
  },
  remove: { text: `DELETE FROM update_scheduler.${table} WHERE tenant = $1 AND name = $2` },
});
const NAMED = { Group: named('device_group'), Window: named('window') };

const PUT_POLICY = {
  text: `INSERT INTO update_scheduler.policy (tenant, policy_id, name, version, spec, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (tenant, policy_id) DO UPDATE
            SET name = EXCLUDED.name, version = EXCLUDED.version, spec = EXCLUDED.spec, updated_at = EXCLUDED.updated_at`,
};
const ARCHIVE_POLICY = {
  text: `UPDATE update_scheduler.policy SET archived_at = $4, version = $3 WHERE tenant = $1 AND policy_id = $2`,
};

const POLICY = {
  text: `SELECT policy_id AS "policyId", version, spec, paused, created_at AS "createdAt", updated_at AS "updatedAt"
           FROM update_scheduler.policy WHERE tenant = $1 AND policy_id = $2 AND archived_at IS NULL FOR UPDATE`,
};

const PAUSE = { text: `UPDATE update_scheduler.policy SET paused = $3 WHERE tenant = $1 AND policy_id = $2` };

const PAUSE_TENANT = {
  text: `INSERT INTO update_scheduler.tenant_state (tenant, paused, updated_at, updated_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant) DO UPDATE
            SET paused = EXCLUDED.paused, updated_at = EXCLUDED.updated_at, updated_by = EXCLUDED.updated_by`,
};

const OPEN_ROLLOUTS = {
  text: `SELECT r.rollout_id FROM update_scheduler.rollout r
          WHERE r.tenant = $1 AND r.policy_id = ANY($2::uuid[]) AND r.state <> 'aborted'
            AND (EXISTS (SELECT FROM update_scheduler.occurrence o
                          WHERE o.tenant = r.tenant AND o.rollout_id = r.rollout_id AND o.state <> 'closed')
              OR EXISTS (SELECT FROM update_scheduler.device_update u
                          WHERE u.tenant = r.tenant AND u.rollout_id = r.rollout_id AND u.lane = 'ddm' AND u.step = 'enforce'))
          ORDER BY r.created_at`,
};
