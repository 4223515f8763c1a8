import type pg from 'pg';

const statements = [
  `INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, enrolled_at, platform, product_name,
          os_version, os_version_key, build_version, is_supervised, software_update_device_id, time_zone, facts_at, updated_at)
   SELECT 'default', upper(gen_random_uuid()::text), true, 1, $2,
          CASE WHEN n % 2 = 0 THEN 'macOS' ELSE 'iOS' END, CASE WHEN n % 2 = 0 THEN 'MacBookPro18,3' ELSE 'iPhone15,2' END,
          CASE WHEN n % 2 = 0 THEN '15.5' ELSE '18.1' END, CASE WHEN n % 2 = 0 THEN 15005000 ELSE 18001000 END,
          '24F74', true, CASE WHEN n % 2 = 0 THEN 'J314sAP' END,
          CASE WHEN n % 2 = 1 THEN 'Etc/GMT' || CASE WHEN n / 2 % 24 < 12 THEN '-' ELSE '+' END || (n / 2 % 12 + CASE WHEN n / 2 % 24 < 12 THEN 1 ELSE 0 END) END, $2, $2
     FROM generate_series(1, $1::int) n`,
  `INSERT INTO command_queue.enrollment (tenant, device_id, kind, status, topic, certificate_hash, push_address,
          token_updated_at, generation, facts, authenticated_at, enrolled_at)
   SELECT tenant, device_id, 'device', 'enrolled', 'com.apple.mgmt.External.bench', sha256(device_id::bytea),
          decode(repeat('5a', 120), 'hex'), $2, $1::int / $1::int, '{}', $2, $2
     FROM status_ingestion.device`,
];

const releases = `
INSERT INTO update_scheduler.release_device (supported_device, os, version, version_key, build, posted_at)
VALUES ('J314sAP', 'macOS', '15.7.1', 15007001, '24G231', $1), ('iPhone15,2', 'iOS', '18.7.1', 18007001, '22H31', $1)`;

/** What the policies of a fan-out name: nearly all, some that stay out, and those of a policy of greater precedence. */
export const GROUPS = [
  {
    name: 'managed',
    any: [
      {
        all: [
          { fact: 'platform', operator: 'in', value: ['macOS', 'iOS'] },
          { fact: 'osVersion', operator: 'below', value: '27' },
        ],
      },
      { all: [{ fact: 'productName', operator: 'like', value: 'iPad*' }] },
    ],
  },
  { name: 'kiosks', any: [{ all: [{ fact: 'deviceName', operator: 'like', value: 'kiosk-*' }] }] },
  { name: 'first', any: [{ all: [{ fact: 'deviceId', operator: 'like', value: '0*' }] }] },
];

/** Enrolled, supervised devices with facts, half of them Macs (whose zone nobody knows), the others in 24 zones; one release for each kind. */
export async function stageFleet(db: pg.Client, devices: number, at: Date): Promise<void> {
  for (const text of statements) await db.query(text, [devices, at]);
  await db.query(releases, [at]);
  for (const group of GROUPS)
    await db.query(
      `INSERT INTO update_scheduler.device_group (tenant, name, version, spec, created_at, updated_at)
       VALUES ('default', $1, 1, $2, $3, $3)`,
      [group.name, { devices: [], excludedDevices: [], ...group }, at],
    );
  await db.query('VACUUM ANALYZE status_ingestion.device');
  await db.query('VACUUM ANALYZE command_queue.enrollment');
}

/** Takes away what a rollout has left. */
export async function clearRollouts(db: pg.Client): Promise<void> {
  await db.query(`
    TRUNCATE update_scheduler.policy, update_scheduler.rollout, update_scheduler.ring, update_scheduler.occurrence, update_scheduler.wave,
             update_scheduler.device_update, update_scheduler.update_event,
             command_queue.command, command_queue.command_history`);
}
