import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { PolicyStore } from '../ports/policies.ts';

@Injectable()
export class PgPolicyStore extends PolicyStore {
  constructor(private readonly db: Database) {
    super();
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
      text: `SELECT tenant, rollout_id AS "rolloutId" FROM update_scheduler.rollout WHERE state = 'aborted' AND ended_at IS NULL`,
    });
  }

  override async makeEmergency(tx: Tx, tenant: string, rolloutId: string): Promise<boolean> {
    const rows = await tx.query(
      {
        text: `UPDATE update_scheduler.rollout r SET emergency = true FROM update_scheduler.policy p
                WHERE r.tenant = $1 AND r.rollout_id = $2 AND p.tenant = r.tenant AND p.policy_id = r.policy_id
                  AND p.version = r.policy_version AND p.archived_at IS NULL RETURNING r.rollout_id`,
      },
      [tenant, rolloutId],
    );
    return rows.length > 0;
  }

  override async setEnded(tx: Tx, tenant: string, rolloutId: string, now: Date): Promise<void> {
    await tx.query(
      { text: `UPDATE update_scheduler.rollout SET ended_at = $3 WHERE tenant = $1 AND rollout_id = $2` },
      [tenant, rolloutId, now],
    );
  }
}
