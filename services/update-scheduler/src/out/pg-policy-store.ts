import type { Policy } from '@lamplighter/contracts';
import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { PolicyStore, type StoredPolicy } from '../ports.ts';

interface PolicyRow extends Omit<Policy, 'createdAt' | 'updatedAt'> {
  createdAt: Date;
  updatedAt: Date;
}

@Injectable()
export class PgPolicyStore extends PolicyStore {
  constructor(private readonly db: Database) {
    super();
  }

  override async find(tx: Tx, tenant: string, policyId: string): Promise<Policy | undefined> {
    const [row] = await tx.query<PolicyRow>(
      {
        text: `SELECT policy_id AS "policyId", version, spec, paused, created_at AS "createdAt", updated_at AS "updatedAt"
                 FROM update_scheduler.policy WHERE tenant = $1 AND policy_id = $2 AND archived_at IS NULL FOR UPDATE`,
      },
      [tenant, policyId],
    );
    return row && { ...row, createdAt: row.createdAt.toISOString(), updatedAt: row.updatedAt.toISOString() };
  }

  override async idOfName(tx: Tx, tenant: string, name: string): Promise<string | undefined> {
    const [row] = await tx.query<{ policy_id: string }>(
      { text: `SELECT policy_id FROM update_scheduler.policy WHERE tenant = $1 AND name = $2 AND archived_at IS NULL` },
      [tenant, name],
    );
    return row?.policy_id;
  }

  override async put(tx: Tx, policy: StoredPolicy): Promise<void> {
    await tx.query(
      {
        text: `INSERT INTO update_scheduler.policy (tenant, policy_id, name, version, spec, paused, created_at, updated_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
               ON CONFLICT (tenant, policy_id) DO UPDATE
                  SET name = EXCLUDED.name, version = EXCLUDED.version, spec = EXCLUDED.spec, paused = EXCLUDED.paused, updated_at = EXCLUDED.updated_at`,
      },
      [
        policy.tenant,
        policy.policyId,
        policy.spec.name,
        policy.version,
        JSON.stringify(policy.spec),
        policy.paused,
        policy.createdAt,
        policy.updatedAt,
      ],
    );
  }

  override async rolloutState(tx: Tx, tenant: string, rolloutId: string): Promise<string | undefined> {
    const [row] = await tx.query<{ state: string }>(
      { text: `SELECT state FROM update_scheduler.rollout WHERE tenant = $1 AND rollout_id = $2 FOR UPDATE` },
      [tenant, rolloutId],
    );
    return row?.state;
  }

  override async setRolloutState(tx: Tx, tenant: string, rolloutId: string, state: string): Promise<void> {
    await tx.query({ text: `UPDATE update_scheduler.rollout SET state = $3 WHERE tenant = $1 AND rollout_id = $2` }, [
      tenant,
      rolloutId,
      state,
    ]);
  }

  override abortedRollouts(): Promise<{ tenant: string; rolloutId: string }[]> {
    return this.db.query({
      text: `SELECT tenant, rollout_id AS "rolloutId" FROM update_scheduler.rollout WHERE state = 'aborted'`,
    });
  }
}
