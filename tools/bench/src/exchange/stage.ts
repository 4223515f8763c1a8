import { plistDictFragment, scheduleOsUpdate } from '@lamplighter/apple';
import { derivedUuid } from '@lamplighter/contracts';
import type pg from 'pg';

import { DEVICE_ID_SQL } from './device-ids.ts';

const command = plistDictFragment(
  scheduleOsUpdate({
    updates: [{ productKey: 'MSU_UPDATE_24G231_patch_15.7.1', productVersion: '15.7.1', installAction: 'InstallASAP' }],
  }),
);

/** Enrolled devices that all show the same certificate, each with one ScheduleOSUpdate that waits. Nothing else is there. */
export async function stageSessions(db: pg.Client, devices: number, certificateHash: string): Promise<void> {
  const now = new Date();
  const later = new Date(now.getTime() + 4 * 3_600_000);
  const bodyId = derivedUuid('command-body', command);
  await db.query('TRUNCATE command_queue.command, command_queue.command_history, command_queue.enrollment');
  await db.query(
    `INSERT INTO command_queue.enrollment (tenant, device_id, kind, status, topic, certificate_hash, push_address,
            token_updated_at, generation, facts, authenticated_at, enrolled_at)
     SELECT 'default', ${DEVICE_ID_SQL}, 'device', 'enrolled', 'com.apple.mgmt.External.bench', decode($2, 'hex'),
            decode(repeat('5a', 120), 'hex'), $3, 1, '{}', $3, $3
       FROM generate_series(0, $1::int - 1) n`,
    [devices, certificateHash, now],
  );
  await db.query(
    `INSERT INTO command_queue.command_body (tenant, body_id, request_type, command, created_at)
     VALUES ('default', $1, 'ScheduleOSUpdate', $2, $3) ON CONFLICT DO NOTHING`,
    [bodyId, command, now],
  );
  await db.query(
    `INSERT INTO command_queue.command (tenant, device_id, command_id, body_id, cause, priority, state, created_at,
            expires_at, due_at, push_count)
     SELECT 'default', ${DEVICE_ID_SQL}, gen_random_uuid(), $2, 'bench', 10, 0, $3, $4, $4, 1
       FROM generate_series(0, $1::int - 1) n`,
    [devices, bodyId, now, later],
  );
  await db.query('VACUUM ANALYZE command_queue.enrollment, command_queue.command');
  await db.query('CHECKPOINT');
}
