import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { SETTINGS_CAUSE, SETTINGS_PREFIX, SETTINGS_TYPE, settingsPrefix } from '../domain/software-update-settings.ts';
import type { RemovedPolicy, SettingsOf, SettledDevice } from '../ports/settings.ts';
import { SettingsStore } from '../ports/settings.ts';

@Injectable()
export class PgSettingsStore extends SettingsStore {
  constructor(private readonly db: Database) {
    super();
  }

  override async hasAny(tx: Tx, tenant: string, policyId: string): Promise<boolean> {
    const prefix = settingsPrefix(policyId);
    const [row] = await tx.query<{ some: boolean }>(HAS_ANY, [tenant, prefix, `${prefix}~`]);
    return row!.some;
  }

  override async without(tx: Tx, of: SettingsOf): Promise<string[]> {
    if (of.identifier === undefined) return [];
    const args = [of.tenant, of.rolloutId, of.after, of.limit, SETTINGS_TYPE, SETTINGS_CAUSE, of.identifier];
    return (await tx.query<{ deviceId: string }>(WITHOUT, args)).map((row) => row.deviceId);
  }

  override beyond(tx: Tx, of: SettingsOf): Promise<SettledDevice[]> {
    const prefix = settingsPrefix(of.policyId);
    const [zone, none] = [[of.zone, of.defaultZone], of.identifier === undefined];
    const args = [of.tenant, of.rolloutId, SETTINGS_CAUSE, prefix, `${prefix}~`, ...zone, none, of.after, of.limit];
    return tx.query<SettledDevice>(BEYOND, args);
  }

  override removed(since: Date): Promise<RemovedPolicy[]> {
    return this.db.query<RemovedPolicy>(REMOVED, [since, SETTINGS_PREFIX]);
  }
}

const HAS_ANY = {
  name: 'policy-settings',
  text: `SELECT EXISTS (SELECT FROM ddm.declaration_v1 WHERE tenant = $1 AND identifier >= $2 AND identifier < $3) AS some`,
};

const REMOVED = {
  text: `SELECT p.tenant, p.policy_id AS "policyId" FROM update_scheduler.policy p
          WHERE p.archived_at > $1
            AND EXISTS (SELECT FROM ddm.declaration_v1 d
                         WHERE d.tenant = p.tenant AND d.identifier >= $2 || p.policy_id || '.' AND d.identifier < $2 || p.policy_id || '.~')`,
};

const IN_POLICY = `(u.reason IS NULL OR u.reason NOT IN ('unassigned', 'other-policy', 'left-management'))`;

/** Plan: range scan of the rollout's rows (primary key), a look-up by primary key in each of the others for each row. */
const WITHOUT = {
  name: 'without-settings',
  text: `SELECT u.device_id AS "deviceId" FROM update_scheduler.device_update u
          WHERE u.tenant = $1 AND u.rollout_id = $2 AND u.device_id > $3 AND ${IN_POLICY}
            AND EXISTS (SELECT FROM status_ingestion.device_ddm_v1 c
                         WHERE c.tenant = u.tenant AND c.device_id = u.device_id AND c.ddm_enabled AND $5 = ANY (c.declaration_types))
            AND NOT EXISTS (SELECT FROM ddm.assignment_v1 a JOIN ddm.declaration_set_v1 s USING (tenant, set_id)
                             WHERE a.tenant = u.tenant AND a.device_id = u.device_id AND a.cause = $6 AND s.identifier = $7)
          ORDER BY u.device_id LIMIT $4`,
};

/**
 * Plan: range scan of assignment_pkey from the cursor, which stops at the limit → hash of the policy's few sets → a look-up of each
 * device in the rollout. A version of a policy is a rollout of its own.
 */
const BEYOND = {
  name: 'beyond-settings',
  text: `SELECT a.device_id AS "deviceId", a.sent_at AS "sentAt"
           FROM ddm.assignment_v1 a
           LEFT JOIN status_ingestion.device_v1 d ON d.tenant = a.tenant AND d.device_id = a.device_id
          WHERE a.tenant = $1 AND a.cause = $3 AND a.device_id > $9
            AND a.set_id = ANY (ARRAY(SELECT s.set_id FROM ddm.declaration_set_v1 s
                                       WHERE s.tenant = $1 AND s.identifier >= $4 AND s.identifier < $5))
            AND ($6 = '*' OR coalesce(d.time_zone, $7) = $6)
            AND ($8 OR NOT EXISTS (SELECT FROM update_scheduler.device_update u
                                    WHERE u.tenant = a.tenant AND u.rollout_id = $2 AND u.device_id = a.device_id AND ${IN_POLICY}))
          ORDER BY a.device_id LIMIT $10`,
};
