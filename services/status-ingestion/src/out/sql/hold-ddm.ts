import type { Statement } from '@lamplighter/runtime';

/** $1 tenants, $2 device ids (parallel arrays, sorted), $3 now. Waits for a transaction that is adding the same device. */
export const addDdm: Statement = {
  name: 'add-ddm',
  text: `
INSERT INTO status_ingestion.device_ddm (tenant, device_id, state, updated_at)
SELECT n.tenant, n.device_id, '{"fullAt":0,"items":{},"errors":{}}', $3::timestamptz
  FROM unnest($1::text[], $2::text[]) AS n(tenant, device_id)
ON CONFLICT DO NOTHING`,
};

/**
 * The same parameters but now. A statement of its own, so that it sees what the other transaction has committed.
 * Plan: one primary-key probe a device, locked in the order of the keys, so that two batches cannot dead-lock.
 */
export const holdDdm: Statement = {
  name: 'hold-ddm',
  text: `
SELECT s.tenant, s.device_id AS "deviceId", s.state, s.reported_at AS "reportedAt",
       (SELECT d.enrolled_at FROM status_ingestion.device d
         WHERE d.tenant = s.tenant AND d.device_id = s.device_id) AS "enrolledAt"
  FROM unnest($1::text[], $2::text[]) AS k(tenant, device_id)
  JOIN status_ingestion.device_ddm s ON s.tenant = k.tenant AND s.device_id = k.device_id
 ORDER BY s.tenant, s.device_id
   FOR UPDATE OF s`,
};
