import type { Statement } from '@lamplighter/runtime';

/**
 * Plan: unnest → per key one probe of each history partition's primary key. Only answers that match nothing pending
 * come here: repeats, late ones, and answers to what never was.
 * $1 tenants, $2 device ids, $3 command ids
 */
export const findFinished: Statement = {
  name: 'command-find-finished',
  text: `
SELECT h.tenant, h.device_id, h.command_id, h.outcome, h.cause, h.not_now_count, h.error_count, h.finished_at, h.traceparent, b.request_type
  FROM unnest($1::text[], $2::text[], $3::uuid[]) AS k(tenant, device_id, command_id)
 CROSS JOIN LATERAL (
   SELECT * FROM command_queue.command_history h
    WHERE h.tenant = k.tenant AND h.device_id = k.device_id AND h.command_id = k.command_id
    ORDER BY h.finished_at DESC LIMIT 1) h
  JOIN command_queue.command_body b ON b.tenant = h.tenant AND b.body_id = h.body_id`,
};

/** Plan: unnest → primary key of one partition each. $1 tenants, $2 device ids, $3 command ids, $4 finished at, $5 outcomes */
export const recordLate: Statement = {
  name: 'command-record-late',
  text: `
UPDATE command_queue.command_history h SET outcome = l.outcome, error_count = h.error_count + (l.outcome = 'Error')::int
  FROM unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[])
       AS l(tenant, device_id, command_id, finished_at, outcome)
 WHERE h.tenant = l.tenant AND h.device_id = l.device_id AND h.command_id = l.command_id AND h.finished_at = l.finished_at
   AND h.outcome IN ('expired', 'unanswered')`,
};

export interface FinishedRecord {
  tenant: string;
  device_id: string;
  command_id: string;
  outcome: string;
  cause: string;
  not_now_count: number;
  error_count: number;
  finished_at: Date;
  traceparent: string | null;
  request_type: string;
}
