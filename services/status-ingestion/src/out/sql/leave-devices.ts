import type { Statement } from '@lamplighter/runtime';

/**
 * $1 tenants, $2 device ids, $3 instants (parallel arrays, one entry a device, sorted); $4 now.
 * A departure that overtakes its enrollment leaves a row of generation 0, so that the enrollment finds it left.
 */
export const leaveDevices: Statement = {
  name: 'leave-devices',
  text: `
INSERT INTO status_ingestion.device AS d (tenant, device_id, enrolled, generation, left_at, platform, updated_at)
SELECT l.tenant, l.device_id, false, 0, l.at, 'unknown', $4::timestamptz
  FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS l(tenant, device_id, at)
ON CONFLICT (tenant, device_id) DO UPDATE SET
  enrolled = d.enrolled AND d.enrolled_at > EXCLUDED.left_at,
  left_at = greatest(d.left_at, EXCLUDED.left_at),
  updated_at = EXCLUDED.updated_at`,
};
