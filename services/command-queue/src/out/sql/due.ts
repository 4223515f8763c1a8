import type { Statement } from '@lamplighter/runtime';

/**
 * Plan: index scan of command_due from its low end, locking and stopping after $2 rows; nested loops to enrollment_pkey
 * and command_body_pkey. For NotNow commands alone: whether NotNow was the last that the device said, hence whether it comes
 * back by itself; that looks at what the device finished since it was last given one of its NotNow commands, in the
 * partitions from then on. $1 now, $2 limit
 */
export const takeDue: Statement = {
  name: 'command-take-due',
  text: `
WITH due AS MATERIALIZED (
  SELECT c.* FROM command_queue.command c
   WHERE c.due_at <= $1
   ORDER BY c.due_at LIMIT $2
     FOR UPDATE SKIP LOCKED
)
SELECT d.tenant, d.device_id, d.command_id, d.state, d.cause, d.not_before, d.expires_at, d.sent_at, d.push_count,
       d.not_now_count, d.traceparent, d.no_push, d.overtaken, b.request_type,
       d.state = 2 AND NOT EXISTS (
         SELECT FROM command_queue.command_history h
          WHERE h.tenant = d.tenant AND h.device_id = d.device_id
            AND h.outcome IN ('Acknowledged', 'Error', 'CommandFormatError')
            AND h.finished_at > (SELECT max(o.sent_at) FROM command_queue.command o
                                  WHERE o.tenant = d.tenant AND o.device_id = d.device_id AND o.state = 2)
       ) AS comes_back,
       coalesce(e.status = 'enrolled' AND e.push_gone_at IS NULL, false) AS reachable
  FROM due d
  JOIN command_queue.command_body b ON b.tenant = d.tenant AND b.body_id = d.body_id
  LEFT JOIN command_queue.enrollment e ON e.tenant = d.tenant AND e.device_id = d.device_id`,
};

/** Plan: unnest → command_pkey. $1 tenants, $2 device ids, $3 command ids, $4 due, $5 pushes to add */
export const putOffDue: Statement = {
  name: 'command-put-off-due',
  text: `
UPDATE command_queue.command c SET due_at = d.due_at, push_count = least(c.push_count::int + d.pushes, 32767)
  FROM unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::smallint[])
       AS d(tenant, device_id, command_id, due_at, pushes)
 WHERE c.tenant = d.tenant AND c.device_id = d.device_id AND c.command_id = d.command_id`,
};

/** What `gone` took out of the queue goes to history. */
export const keep = (outcome: string, now: string, detail = 'NULL') => `
INSERT INTO command_queue.command_history
       (tenant, device_id, command_id, body_id, cause, priority, outcome, created_at, expires_at, push_count,
        sent_at, sent_count, not_now_at, not_now_count, finished_at, traceparent, error_count, handed_to, detail)
SELECT tenant, device_id, command_id, body_id, cause, priority, ${outcome}, created_at, expires_at, push_count,
       sent_at, sent_count, not_now_at, not_now_count, ${now}, traceparent, error_count, handed_to, ${detail}
  FROM gone`;

/** Plan: unnest → command_pkey, append to history. $1 tenants, $2 device ids, $3 command ids, $4 outcomes, $5 now */
export const finishDue: Statement = {
  name: 'command-finish-due',
  text: `
WITH gone AS (
  DELETE FROM command_queue.command c
   USING unnest($1::text[], $2::text[], $3::uuid[], $4::text[]) AS d(tenant, device_id, command_id, outcome)
   WHERE c.tenant = d.tenant AND c.device_id = d.device_id AND c.command_id = d.command_id
  RETURNING c.*, d.outcome
)${keep('outcome', '$5')}`,
};

/** Plan: unnest of a device and its channels → command_pkey; body by its key. $1 tenant, $2 device ids, $3 now */
export const voidQueues: Statement = {
  name: 'command-void-queues',
  text: `
WITH gone AS (
  DELETE FROM command_queue.command c USING unnest($2::text[]) AS d(device_id)
   WHERE c.tenant = $1 AND c.device_id = d.device_id
  RETURNING c.*
), kept AS (${keep("'voided'", '$3')})
SELECT g.tenant, g.device_id, g.command_id, g.state, g.cause, g.not_now_count, g.traceparent, b.request_type
  FROM gone g JOIN command_queue.command_body b ON b.tenant = g.tenant AND b.body_id = g.body_id`,
};

/** Plan: command_pkey. $1 tenant, $2 device id, $3 now */
export const makeDue: Statement = {
  name: 'command-make-due',
  text: `
UPDATE command_queue.command SET due_at = $3
 WHERE tenant = $1 AND device_id = $2 AND due_at > $3 AND (not_before IS NULL OR not_before <= $3)`,
};

/**
 * Plan: command_pkey in key order from $3, $4 on, filtered by cause: each row of the tenant is read once over all calls.
 * `state` is looked at again once the lock is held: what a device takes meanwhile stays.
 * $1 tenant, $2 cause, $3 device id, $4 command id, $5 limit, $6 now
 */
export const revoke: Statement = {
  name: 'command-revoke',
  text: `
WITH picked AS MATERIALIZED (
  SELECT c.tenant, c.device_id, c.command_id FROM command_queue.command c
   WHERE c.tenant = $1 AND (c.device_id, c.command_id) > ($3, $4::uuid) AND c.cause = $2 AND c.state <> 1
   ORDER BY c.device_id, c.command_id LIMIT $5
     FOR UPDATE
), gone AS (
  DELETE FROM command_queue.command c USING picked p
   WHERE c.tenant = p.tenant AND c.device_id = p.device_id AND c.command_id = p.command_id
  RETURNING c.*
), kept AS (${keep("'revoked'", '$6')})
SELECT device_id, command_id FROM picked ORDER BY device_id DESC, command_id DESC LIMIT 1`,
};

/** $1 tenant, $2 cause, $3 when */
export const refuseCause: Statement = {
  name: 'command-refuse-cause',
  text: `
INSERT INTO command_queue.revoked_cause AS r (tenant, cause, revoked_at) VALUES ($1, $2, $3)
ON CONFLICT (tenant, cause) DO UPDATE SET revoked_at = greatest(r.revoked_at, EXCLUDED.revoked_at)`,
};
