import { randomUUID } from 'node:crypto';
import type { PolicySpec } from '@lamplighter/contracts';
import type pg from 'pg';

export const BATCH = 1_000;

export interface UpdateKey {
  rolloutId: string;
  deviceId: string;
  commandId: string;
  version: string;
  build: string;
}

/** A rollout of the whole fleet in which every device has been asked for its updates, in the place of what was there. */
export async function stageUpdates(db: pg.Client, spec: PolicySpec, at: Date): Promise<UpdateKey[]> {
  const [policyId, rolloutId, occurrenceId] = [randomUUID(), randomUUID(), randomUUID()];
  await db.query(`TRUNCATE update_scheduler.policy, update_scheduler.rollout, update_scheduler.occurrence,
                           update_scheduler.device_update, update_scheduler.update_event, update_scheduler.outbox`);
  await db.query(
    `INSERT INTO update_scheduler.policy (tenant, policy_id, name, version, spec, paused, created_at, updated_at)
     VALUES ('default', $1, 'bench', 1, $2, false, $3, $3)`,
    [policyId, spec, at],
  );
  await db.query(
    `INSERT INTO update_scheduler.rollout (tenant, rollout_id, policy_id, policy_version, state, created_at, spec)
     VALUES ('default', $1, $2, 1, 'running', $3, $4)`,
    [rolloutId, policyId, at, spec],
  );
  await db.query(
    `INSERT INTO update_scheduler.device_update (tenant, rollout_id, device_id, occurrence_id, wave, state, step, platform, lane,
            from_version, target_version, target_build, command_id, command_seq, version, stops_at, updated_at)
     SELECT tenant, $1, device_id, $2, 0, 'scanning', 'list', platform, 'mdm', os_version,
            CASE platform WHEN 'macOS' THEN '15.7.1' ELSE '18.7.1' END, CASE platform WHEN 'macOS' THEN '24G231' ELSE '22H31' END,
            gen_random_uuid(), 1, 1, $3::timestamptz + interval '12 hours', $3
       FROM status_ingestion.device`,
    [rolloutId, occurrenceId, at],
  );
  await db.query('VACUUM ANALYZE update_scheduler.device_update');
  const { rows } = await db.query<UpdateKey>(
    `SELECT rollout_id AS "rolloutId", device_id AS "deviceId", command_id AS "commandId", target_version AS version,
            target_build AS build FROM update_scheduler.device_update`,
  );
  return rows;
}

/** Tables of the same columns, keys and indexes, with the rows as they were before they moved. */
export async function stageCeiling(db: pg.Client): Promise<void> {
  await db.query('CREATE SCHEMA IF NOT EXISTS bench');
  await db.query('DROP TABLE IF EXISTS bench.device_update, bench.update_event');
  for (const table of ['device_update', 'update_event'])
    await db.query(`CREATE TABLE bench.${table} (LIKE update_scheduler.${table} INCLUDING ALL)`);
  await db.query('ALTER TABLE bench.device_update SET (fillfactor = 40)');
  await db.query('INSERT INTO bench.device_update SELECT * FROM update_scheduler.device_update');
  await db.query('VACUUM ANALYZE bench.device_update');
}

/** What moving a batch costs at the least: its rows upserted and its events inserted, in one transaction. */
export async function upsertBatch(db: pg.Client, keys: readonly UpdateKey[]): Promise<void> {
  const [rollouts, devices] = [keys.map((key) => key.rolloutId), keys.map((key) => key.deviceId)];
  const commands = keys.map(() => randomUUID());
  await db.query('BEGIN');
  await db.query({ name: 'bench-upsert', text: UPSERT, values: [rollouts, devices, commands] });
  await db.query({ name: 'bench-events', text: EVENTS, values: [rollouts, devices, commands] });
  await db.query('COMMIT');
}

const UPSERT = `
INSERT INTO bench.device_update AS u (tenant, rollout_id, device_id, occurrence_id, wave, state, step, platform, lane, target_version,
       target_build, command_id, command_seq, version, stops_at, updated_at, product_key)
SELECT 'default', rollout_id, device_id, rollout_id, 0, 'available', 'install', 'iOS', 'mdm', '18.7.1', '22H31', command_id, 2, 2,
       now(), now(), 'k18.7.1'
  FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS v (rollout_id, device_id, command_id)
ON CONFLICT (tenant, rollout_id, device_id) DO UPDATE
   SET state = EXCLUDED.state, step = EXCLUDED.step, command_id = EXCLUDED.command_id, command_seq = EXCLUDED.command_seq,
       version = EXCLUDED.version, updated_at = EXCLUDED.updated_at, product_key = EXCLUDED.product_key`;

const EVENTS = `
INSERT INTO bench.update_event (tenant, device_id, rollout_id, version, at, from_state, to_state, detail, command_id, report_id)
SELECT 'default', device_id, rollout_id, 2, now(), 'scanning', 'available', 'The device offers the target version.', command_id, command_id
  FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS v (rollout_id, device_id, command_id)`;
