import type { Statement } from '@lamplighter/runtime';

/**
 * Plan: unnest, command_body_pkey, insert. A body that was used today already, as a wave's is from its first message on, is neither
 * written nor locked: enqueues of one wave never wait for each other. Sorted, so that two transactions with the same bodies never
 * wait for each other in a circle.
 *
 * Why no command loses its body to `removeBodies`: that takes only what was last used before the kept days. A body of today
 * is out of its reach until days after this transaction. An older one is locked by the update, hence skipped there, and of
 * today once this transaction is over; where the removal came first, this waits for it, and then inserts the body anew.
 *
 * $1 tenants, $2 body ids, $3 request types, $4 commands, $5 now
 */
export const keepBodies: Statement = {
  name: 'command-keep-bodies',
  text: `
INSERT INTO command_queue.command_body AS k (tenant, body_id, request_type, command, created_at, last_used)
SELECT DISTINCT ON (b.tenant, b.body_id) b.tenant, b.body_id, b.request_type, b.command, $5, ($5::timestamptz AT TIME ZONE 'UTC')::date
  FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[]) AS b(tenant, body_id, request_type, command)
 WHERE NOT EXISTS (SELECT FROM command_queue.command_body o
                    WHERE o.tenant = b.tenant AND o.body_id = b.body_id
                      AND o.last_used >= ($5::timestamptz AT TIME ZONE 'UTC')::date)
 ORDER BY 1, 2
ON CONFLICT (tenant, body_id) DO UPDATE SET last_used = EXCLUDED.last_used WHERE k.last_used < EXCLUDED.last_used`,
};

/**
 * Removes the bodies of a page that nothing refers to, neither pending (a command may wait longer than history is kept) nor
 * finished (it may have finished long after it was enqueued).
 *
 * Plan: command_body_pkey in key order from $2, $3 on; only where one is long unused, a scan of the pending commands (they
 * have no index by body, which each enqueue would pay for) and, for each, a probe of the history partitions' command_history_body.
 *
 * One statement, hence one view of the queue: a command that finishes meanwhile is seen in one of its two places. Never waits:
 * what an enqueue or another replica holds is skipped until the next day.
 *
 * $1 used before, $2 tenant, $3 body id, $4 limit
 */
export const removeBodies: Statement = {
  text: `
WITH page AS MATERIALIZED (
  SELECT b.tenant, b.body_id FROM command_queue.command_body b
   WHERE (b.tenant, b.body_id) > ($2, $3::uuid) AND b.last_used < ($1::timestamptz AT TIME ZONE 'UTC')::date
   ORDER BY b.tenant, b.body_id LIMIT $4
     FOR UPDATE SKIP LOCKED
), pending AS MATERIALIZED (
  SELECT DISTINCT c.tenant, c.body_id FROM command_queue.command c
), gone AS (
  DELETE FROM command_queue.command_body b
   USING page p
    LEFT JOIN LATERAL (
         SELECT true AS is_kept FROM command_queue.command_history h
          WHERE h.tenant = p.tenant AND h.body_id = p.body_id
          LIMIT 1) h ON true
   WHERE b.tenant = p.tenant AND b.body_id = p.body_id AND h.is_kept IS NULL
     AND NOT EXISTS (SELECT FROM pending c WHERE c.tenant = p.tenant AND c.body_id = p.body_id)
)
SELECT tenant, body_id FROM page ORDER BY tenant DESC, body_id DESC LIMIT 1`,
};
