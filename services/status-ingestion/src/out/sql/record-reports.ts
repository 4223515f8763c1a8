import type { Statement } from '@lamplighter/runtime';

/**
 * Parallel arrays: $1 tenants, $2 device ids, $3 report ids, $4 instants, $5 command ids, $6 request types, $7 statuses,
 * $8 causes, $9 observations, $10 error chains, $11 traceparents; $12 repeats are looked for from here on.
 * The primary key holds the instant (partitions need it) and a repeat may come at another one: hence NOT EXISTS. That is
 * safe because the transaction holds the devices' rows.
 * Plan: anti join, one primary-key probe a report and day from $12 on (older partitions are pruned).
 */
export const recordReports: Statement = {
  name: 'record-reports',
  text: `
INSERT INTO status_ingestion.report
  (tenant, device_id, report_id, at, command_id, request_type, status, cause, observation, error_chain, traceparent)
SELECT n.tenant, n.device_id, n.report_id, n.at, n.command_id, n.request_type, n.status, n.cause, n.observation, n.error_chain, n.traceparent
  FROM unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::uuid[], $6::text[], $7::text[], $8::text[],
              $9::jsonb[], $10::jsonb[], $11::text[])
    AS n(tenant, device_id, report_id, at, command_id, request_type, status, cause, observation, error_chain, traceparent)
 WHERE NOT EXISTS (SELECT FROM status_ingestion.report r
                    WHERE r.tenant = n.tenant AND r.device_id = n.device_id AND r.report_id = n.report_id AND r.at >= $12::timestamptz)
ON CONFLICT DO NOTHING
RETURNING tenant, device_id AS "deviceId", report_id AS "reportId"`,
};
