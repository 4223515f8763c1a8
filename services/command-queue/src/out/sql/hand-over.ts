import type { Statement } from '@lamplighter/runtime';
import { EXCLUSIVE_SLOT } from '../../domain/slot.ts';
import { keep } from './due.ts';

const target = `
  SELECT s.tenant, s.name, s.kind, s.url, s.sealed_api_key AS "sealedApiKey", s.concurrency, s.timeout_ms AS "timeoutMs",
         coalesce(t.failures, 0) AS failures, coalesce(t.paused_until > now(), false) AS paused
    FROM admin_api.source_v1 s
    LEFT JOIN command_queue.hand_over_target t ON t.tenant = s.tenant AND t.source = s.name
   WHERE s.enabled`;

export const targets: Statement = {
  name: 'hand-over-targets',
  text: `SELECT tenant, name FROM (${target}) t WHERE NOT paused`,
};

/** $1 tenant, $2 source */
export const findTarget: Statement = { name: 'hand-over-target', text: `${target} AND s.tenant = $1 AND s.name = $2` };

/** Of several processes one gets the row. $1 tenant, $2 source, $3 milliseconds for which the others wait */
export const takeTurn: Statement = {
  name: 'hand-over-take-turn',
  text: `
UPDATE command_queue.hand_over_target SET paused_until = now() + $3::int * interval '1 ms'
 WHERE tenant = $1 AND source = $2 AND (paused_until IS NULL OR paused_until <= now())
RETURNING tenant`,
};

/** $1 tenant, $2 source, $3 pause (ms), $4 error, $5 failures, this one included */
export const noteFailure: Statement = {
  name: 'hand-over-note-failure',
  text: `
INSERT INTO command_queue.hand_over_target AS t (tenant, source, failures, failing_since, paused_until, last_error)
VALUES ($1, $2, $5, now(), now() + $3::int * interval '1 ms', $4)
ON CONFLICT (tenant, source) DO UPDATE
   SET failures = greatest(t.failures, EXCLUDED.failures), paused_until = EXCLUDED.paused_until,
       last_error = EXCLUDED.last_error, failing_since = coalesce(t.failing_since, EXCLUDED.failing_since)`,
};

/** $1 tenant, $2 source */
export const noteSuccess: Statement = {
  name: 'hand-over-note-success',
  text: `
UPDATE command_queue.hand_over_target
   SET failures = 0, failing_since = NULL, paused_until = NULL, last_error = NULL
 WHERE tenant = $1 AND source = $2 AND failures > 0`,
};

/**
 * Takes what is due for one server: security actions before all others, and each lane the longest waiting first. A claimed
 * command is in that server's hand until the attempt is settled: nobody is told meanwhile that it was taken back. What its
 * device is not to have yet (it enrolls, or has another ScheduleOSUpdate in hand) is looked at again later. What that server
 * has taken, and its device has not answered but with NotNow, comes again too: its device is to be pushed.
 *
 * Plan: a probe of command_deliver for each lane until there are enough, locking what it finds; then enrollment_pkey and
 * command_pkey. The cost follows what is due for this server.
 * $1 tenant, $2 source, $3 now, $4 limit, $5 kind, $6 end of the lease, $7 next look at what is not ready, $8 grace (ms)
 */
export const claim: Statement = {
  name: 'hand-over-claim',
  text: `
WITH picked AS MATERIALIZED (
  SELECT o.* FROM generate_series(0, 99) AS lane(priority)
   CROSS JOIN LATERAL (
     SELECT c.tenant, c.device_id, c.command_id, c.state, c.slot, c.taken_at IS NOT NULL OR c.not_now_at IS NOT NULL AS taken FROM command_queue.command c
      WHERE c.tenant = $1 AND c.source = $2 AND c.priority = lane.priority AND c.deliver_at <= $3
        AND c.expires_at > $3 AND NOT c.overtaken
      ORDER BY c.deliver_at LIMIT $4
        FOR UPDATE SKIP LOCKED) o
   LIMIT $4
), judged AS MATERIALIZED (
  SELECT p.*, p.taken OR coalesce(e.status = 'enrolled', false) AND (p.slot IS DISTINCT FROM '${EXCLUSIVE_SLOT}' OR NOT EXISTS (
           SELECT FROM command_queue.command o
            WHERE o.tenant = p.tenant AND o.device_id = p.device_id AND o.slot = '${EXCLUSIVE_SLOT}' AND o.state = 1
              AND o.command_id <> p.command_id AND o.expires_at + $8 * interval '1 ms' > $3)) AS ready
    FROM picked p
    LEFT JOIN command_queue.enrollment e ON e.tenant = p.tenant AND e.device_id = p.device_id
), held AS (
  UPDATE command_queue.command c SET deliver_at = $7
    FROM judged j
   WHERE c.tenant = j.tenant AND c.device_id = j.device_id AND c.command_id = j.command_id AND NOT j.ready
), taken AS (
  UPDATE command_queue.command c
     SET state = CASE WHEN j.taken THEN c.state ELSE 1 END, sent_at = coalesce(c.sent_at, $3), sent_count = c.sent_count + CASE WHEN j.taken THEN 0 ELSE 1 END,
         session_at = coalesce(c.session_at, $3), handed_to = $5,
         deliver_at = $6, deliver_count = c.deliver_count + 1
    FROM judged j
   WHERE c.tenant = j.tenant AND c.device_id = j.device_id AND c.command_id = j.command_id AND j.ready
  RETURNING c.*, j.state <> 0 AS "isRepeat", j.taken
)
SELECT t.tenant, t.device_id AS "deviceId", t.command_id AS "commandId", b.request_type AS "requestType", b.command,
       t.expires_at AS "expiresAt", t.deliver_count AS attempts, t."isRepeat", t.taken AS "isTaken",
       t.push_count AS "pushCount", t.traceparent
  FROM taken t JOIN command_queue.command_body b ON b.tenant = t.tenant AND b.body_id = t.body_id
 ORDER BY t.priority, t.created_at, t.command_id`,
};

const same =
  'c.tenant = k.tenant AND c.device_id = k.device_id AND c.command_id = k.command_id AND c.deliver_count = k.attempts';

/** Plan of these three: unnest → command_pkey. What was answered meanwhile is gone. $1 tenants, $2 devices, $3 commands, $4 attempts, $5 next pushes, $6 now */
export const settleTaken: Statement = {
  name: 'hand-over-settle-taken',
  text: `
UPDATE command_queue.command c
   SET taken_at = coalesce(c.taken_at, $6), push_count = least(c.push_count + 1, 32767),
       deliver_at = k.push_at
  FROM unnest($1::text[], $2::text[], $3::uuid[], $4::smallint[], $5::timestamptz[])
       AS k(tenant, device_id, command_id, attempts, push_at)
 WHERE ${same}`,
};

/** $5 next attempts, $6 whether the server may have it, $7 now */
export const settleFailed: Statement = {
  name: 'hand-over-settle-failed',
  text: `
UPDATE command_queue.command c
   SET deliver_at = k.at,
       state = CASE WHEN k.may_have_it THEN c.state ELSE 0 END,
       sent_at = CASE WHEN k.may_have_it THEN c.sent_at END,
       sent_count = c.sent_count - CASE WHEN k.may_have_it THEN 0 ELSE 1 END,
       handed_to = CASE WHEN k.may_have_it THEN c.handed_to END,
       due_at = CASE WHEN c.overtaken AND NOT k.may_have_it THEN $7 ELSE c.due_at END
  FROM unnest($1::text[], $2::text[], $3::uuid[], $4::smallint[], $5::timestamptz[], $6::boolean[])
       AS k(tenant, device_id, command_id, attempts, at, may_have_it)
 WHERE ${same} AND c.state <> 0`,
};

/** $5 details, $6 now */
export const settleRefused: Statement = {
  name: 'hand-over-settle-refused',
  text: `
WITH gone AS (
  DELETE FROM command_queue.command c
   USING unnest($1::text[], $2::text[], $3::uuid[], $4::smallint[], $5::text[])
         AS k(tenant, device_id, command_id, attempts, detail)
   WHERE ${same}
  RETURNING c.*, k.detail
), kept AS (${keep("'refused'", '$6', 'detail')})
SELECT g.tenant, g.device_id, g.command_id, g.state, g.cause, g.not_now_count, g.traceparent, g.detail, b.request_type
  FROM gone g JOIN command_queue.command_body b ON b.tenant = g.tenant AND b.body_id = g.body_id`,
};
