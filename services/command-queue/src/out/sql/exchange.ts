import type { Statement } from '@lamplighter/runtime';
import { EXCLUSIVE_SLOT } from '../../domain/slot.ts';

/** When an Error to this command is followed by another try. */
const RETRY_AT = `$6::timestamptz + c.retry_wait * interval '1 second'`;
/** It is tried again: not what would begin too late, and not what a newer command waits to replace. */
const MAY_RETRY = `(c.retries_left > 0 AND NOT c.overtaken AND ${RETRY_AT} < c.expires_at)`;
/** Its Error was heard and it was not handed over since: the same Error again is a repeat. */
const WAITS_TO_RETRY = '(c.state = 0 AND c.error_count > 0)';

/** Of a smallint. A device that asks without end must not fail the statement, which serves others with it. */
const MOST = 32_767;

/**
 * A batch of device connections in one round trip: identity, answer, next command.
 *
 * Plan: unnest (≤ 256 rows) → nested loop over enrollment_pkey; delete, update and the per-device look for the next
 * command are nested loops over command_pkey (tenant, device_id, …), so the cost follows the pending commands of the
 * devices in the batch. History is only appended to. sent_at, state and counts are in no index: hand-over is a HOT update.
 *
 * Nobody knows beforehand how many of a batch answer, hence two forms that leave no choice: LATERAL with LIMIT, where the planner
 * would read a fleet of middling size whole for each batch, and FULL JOIN, where it would compare each item with each answer.
 *
 * All parts see the queue as it was when the statement began, hence "not the answered one". `handed` takes its rows
 * from the update itself: a command that another transaction ended meanwhile is not handed over.
 *
 * A device of another MDM server is handed nothing: its commands go through that server. What such a device puts off stays in
 * that server's hand, which offers it again whatever becomes of it here.
 *
 * A connection is known by the Idle that began it: `session_at` goes from each command to the one that follows its answer.
 * A NotNow command whose session is another one was not refused on this connection, and is offered on it.
 *
 * $1 tenants, $2 device ids, $3 certificate hashes (hex), $4 answered command ids, $5 statuses, $6 now, $7 grace (ms)
 */
export const exchange: Statement = {
  name: 'command-exchange',
  text: `
WITH incoming AS MATERIALIZED (
  SELECT i.n, i.tenant, i.device_id, i.command_id, i.status,
         e.certificate_hash = decode(i.certificate_hash, 'hex') AS same, e.last_seen_at, e.source
    FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::text[])
         WITH ORDINALITY AS i(tenant, device_id, certificate_hash, command_id, status, n)
    LEFT JOIN LATERAL (
      SELECT e.certificate_hash, e.last_seen_at, e.source FROM command_queue.enrollment e
       WHERE e.tenant = i.tenant AND e.device_id = i.device_id AND e.status <> 'left'
         AND (e.source IS NULL OR e.status = 'enrolled')
       LIMIT 1) e ON true
), admitted AS MATERIALIZED (
  SELECT * FROM incoming WHERE same
), seen AS (
  UPDATE command_queue.enrollment e SET last_seen_at = $6
    FROM admitted a
   WHERE e.tenant = a.tenant AND e.device_id = a.device_id
     AND (a.last_seen_at IS NULL OR a.last_seen_at < $6::timestamptz - interval '60 seconds')
), finished AS (
  DELETE FROM command_queue.command c USING admitted a
   WHERE c.tenant = a.tenant AND c.device_id = a.device_id AND c.command_id = a.command_id AND a.status <> 'NotNow'
     AND NOT (a.status = 'Error' AND (${WAITS_TO_RETRY} OR ${MAY_RETRY}))
  RETURNING c.*, a.n, a.status, c.error_count + (a.status = 'Error')::int AS errors
), kept AS (
  INSERT INTO command_queue.command_history
         (tenant, device_id, command_id, body_id, cause, priority, outcome, created_at, expires_at, push_count,
          sent_at, sent_count, not_now_at, not_now_count, finished_at, traceparent, error_count, handed_to)
  SELECT tenant, device_id, command_id, body_id, cause, priority, status, created_at, expires_at, push_count,
         sent_at, sent_count, not_now_at, not_now_count, $6, traceparent, errors, handed_to
    FROM finished
), put_off AS (
  UPDATE command_queue.command c
     SET state = CASE WHEN c.source IS NULL THEN 2 ELSE 1 END,
         not_now_at = coalesce(c.not_now_at, $6),
         not_now_count = least(c.not_now_count + CASE WHEN c.state = 2 OR (c.source IS NOT NULL AND c.not_now_at IS NOT NULL) THEN 0 ELSE 1 END, ${MOST}),
         due_at = CASE WHEN c.overtaken AND c.source IS NULL THEN $6 ELSE c.due_at END
    FROM admitted a
   WHERE c.tenant = a.tenant AND c.device_id = a.device_id AND c.command_id = a.command_id AND a.status = 'NotNow'
  RETURNING a.n, c.*
), put_back AS (
  UPDATE command_queue.command c
     SET state = 0, error_count = c.error_count + 1, retries_left = c.retries_left - 1,
         not_before = ${RETRY_AT}, due_at = ${RETRY_AT}, retry_wait = least(c.retry_wait * 2, 86400)
    FROM admitted a
   WHERE c.tenant = a.tenant AND c.device_id = a.device_id AND c.command_id = a.command_id AND a.status = 'Error'
     AND NOT ${WAITS_TO_RETRY} AND ${MAY_RETRY}
  RETURNING a.n, c.*
), waiting AS (
  SELECT a.n, w.* FROM admitted a
   CROSS JOIN LATERAL (
     SELECT c.* FROM command_queue.command c
      WHERE c.tenant = a.tenant AND c.device_id = a.device_id AND c.command_id = a.command_id AND ${WAITS_TO_RETRY}
      LIMIT 1) w
   WHERE a.status = 'Error'
), answered AS MATERIALIZED (
  SELECT n, tenant, command_id, body_id, cause, not_now_count, traceparent, session_at, errors, false AS will_retry
    FROM finished
  UNION ALL
  SELECT n, tenant, command_id, body_id, cause, not_now_count, traceparent, session_at, error_count, false FROM put_off
  UNION ALL
  SELECT n, tenant, command_id, body_id, cause, not_now_count, traceparent, session_at, error_count, true FROM put_back
  UNION ALL
  SELECT n, tenant, command_id, body_id, cause, not_now_count, traceparent, session_at, error_count, true FROM waiting
), turns AS MATERIALIZED (
  SELECT a.*, d.session_at FROM admitted a FULL JOIN answered d ON d.n = a.n
), next AS MATERIALIZED (
  SELECT a.n, a.tenant, a.device_id, c.command_id, coalesce(a.session_at, $6) AS session_at
    FROM turns a
   CROSS JOIN LATERAL (
     SELECT c.command_id FROM command_queue.command c
      WHERE c.tenant = a.tenant AND c.device_id = a.device_id
        AND c.command_id IS DISTINCT FROM a.command_id
        AND c.expires_at > $6 AND (c.not_before IS NULL OR c.not_before <= $6)
        AND (c.state <> 2 OR (NOT c.overtaken AND (a.status IS NULL
              OR (a.session_at IS NOT NULL AND c.session_at IS DISTINCT FROM a.session_at))))
        AND (c.slot IS DISTINCT FROM '${EXCLUSIVE_SLOT}' OR c.state = 1 OR NOT EXISTS (
              SELECT FROM command_queue.command o
               WHERE o.tenant = a.tenant AND o.device_id = a.device_id AND o.slot = '${EXCLUSIVE_SLOT}' AND o.state = 1
                 AND o.command_id <> c.command_id AND o.command_id IS DISTINCT FROM a.command_id
                 AND o.expires_at + $7 * interval '1 ms' > $6))
      ORDER BY c.priority, c.created_at, c.command_id
      LIMIT 1) c
   WHERE a.source IS NULL
), handed AS (
  UPDATE command_queue.command c
     SET state = 1, sent_at = $6, sent_count = least(c.sent_count + 1, ${MOST}), session_at = x.session_at
    FROM next x
   WHERE c.tenant = x.tenant AND c.device_id = x.device_id AND c.command_id = x.command_id AND c.expires_at > $6
  RETURNING x.n, c.tenant, c.command_id, c.body_id, c.traceparent
)
SELECT CASE WHEN i.same IS NULL THEN 'unrecognized' WHEN i.same THEN 'ok' ELSE 'wrong-certificate' END AS identity,
       d.command_id AS answered_id, d.request_type AS answered_type, d.cause, d.not_now_count,
       d.errors AS error_count, d.will_retry,
       d.traceparent AS answered_traceparent,
       h.command_id AS next_id, h.request_type AS next_type, h.command, h.traceparent AS next_traceparent
  FROM incoming i
  FULL JOIN (SELECT o.*, b.request_type FROM answered o
               LEFT JOIN command_queue.command_body b ON b.tenant = o.tenant AND b.body_id = o.body_id) d ON d.n = i.n
  FULL JOIN (SELECT o.*, b.request_type, b.command FROM handed o
               LEFT JOIN command_queue.command_body b ON b.tenant = o.tenant AND b.body_id = o.body_id) h ON h.n = i.n
 ORDER BY i.n`,
};

export interface ExchangeRecord {
  identity: 'ok' | 'unrecognized' | 'wrong-certificate';
  answered_id: string | null;
  answered_type: string;
  cause: string;
  not_now_count: number;
  error_count: number;
  will_retry: boolean;
  answered_traceparent: string | null;
  next_id: string | null;
  next_type: string;
  command: string;
  next_traceparent: string | null;
}
