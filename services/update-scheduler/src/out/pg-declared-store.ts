import type { PolicySpec } from '@lamplighter/contracts';
import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { DeclaredRollout, Stray } from '../ports/declared.ts';
import { DeclaredStore } from '../ports/declared.ts';
import { compileAssignment, SqlParams } from '../domain/filter.ts';
import { compileTakenBefore } from '../domain/precedence.ts';
import type { StoredUpdate } from '../domain/update.ts';
import { groupsOf, rankedPolicies } from './judgement-inputs.ts';
import { UPDATE_COLUMNS } from './pg-update-store.ts';
import { storedPolicy } from './stored-policy.ts';

@Injectable()
export class PgDeclaredStore extends DeclaredStore {
  constructor(private readonly db: Database) {
    super();
  }

  override async rollouts(): Promise<DeclaredRollout[]> {
    const rows = await this.db.query<DeclaredRollout & { spec: PolicySpec }>(ROLLOUTS);
    return rows.map((row) => ({ ...row, spec: storedPolicy(row.spec) }));
  }

  override async told({ tenant, rolloutId }: DeclaredRollout, after: string, limit: number): Promise<string[]> {
    const rows = await this.db.query<{ deviceId: string }>(TOLD, [tenant, rolloutId, after, limit]);
    return rows.map(({ deviceId }) => deviceId);
  }

  override async strays(tx: Tx, of: DeclaredRollout, deviceIds: readonly string[], now: Date): Promise<Stray[]> {
    const { tenant, rolloutId, policyId, spec } = of;
    const [groups, policies] = [await groupsOf(tx, tenant), await rankedPolicies(tx, tenant)];
    const params = new SqlParams(now);
    const assigned = compileAssignment(spec.assignment, spec.platforms, groups, params);
    const taken = compileTakenBefore(policyId, policies, groups, params);
    const rows = await tx.query<StoredUpdate & { isAssigned: boolean }>(
      {
        // Plan: two look-ups by primary key for each device.
        text: `SELECT ${UPDATE_COLUMNS}, ${assigned} AS "isAssigned"
                 FROM unnest(${params.add(deviceIds, 'text[]')}) AS t(device_id)
                 JOIN update_scheduler.device_update u
                   ON u.tenant = ${params.add(tenant, 'text')} AND u.rollout_id = ${params.add(rolloutId, 'text')}::uuid AND u.device_id = t.device_id
                 JOIN status_ingestion.device_v1 d ON d.tenant = u.tenant AND d.device_id = u.device_id
                WHERE u.due_at IS NOT NULL AND u.state <> 'installing' AND (NOT ${assigned} OR ${taken})
                  FOR UPDATE OF u SKIP LOCKED`,
      },
      params.values,
    );
    return rows.map(({ isAssigned, ...update }) => ({ update, reason: isAssigned ? 'other-policy' : 'unassigned' }));
  }
}

// Plan: the rollouts, which are few; one look-up each into device_update_declared.
const ROLLOUTS = {
  name: 'declared-rollouts',
  text: `SELECT r.tenant, r.rollout_id AS "rolloutId", r.policy_id AS "policyId", p.spec
           FROM update_scheduler.rollout r
           JOIN update_scheduler.policy p ON p.tenant = r.tenant AND p.policy_id = r.policy_id AND p.archived_at IS NULL
          WHERE r.state <> 'aborted' AND EXISTS (
                SELECT FROM update_scheduler.device_update u
                 WHERE u.tenant = r.tenant AND u.rollout_id = r.rollout_id AND u.due_at IS NOT NULL)`,
};

// Plan: index-only scan of device_update_declared.
const TOLD = {
  name: 'told-devices',
  text: `SELECT u.device_id AS "deviceId" FROM update_scheduler.device_update u
          WHERE u.tenant = $1 AND u.rollout_id = $2 AND u.due_at IS NOT NULL AND u.device_id > $3 ORDER BY u.device_id LIMIT $4`,
};
