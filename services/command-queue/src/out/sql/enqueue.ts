import type { Statement } from '@lamplighter/runtime';

/** Shared by enqueues, exclusive for a revoke: a revoke waits for those under way, and later ones see it. */
const REVOKE_LOCK = 7106;
/**
 * Every key of an enqueue is looked for once: remembering them costs more than it gives. And a plan that was made while a table
 * was empty must not read it whole, for each command, once it is not.
 */
export const mayEnqueue: Statement = {
  name: 'command-may-enqueue',
  text: `
SELECT pg_advisory_xact_lock_shared(${REVOKE_LOCK}), set_config('enable_memoize', 'off', true), set_config('enable_seqscan', 'off', true)`,
};
export const mayRevoke: Statement = {
  name: 'command-may-revoke',
  text: `SELECT pg_advisory_xact_lock(${REVOKE_LOCK})`,
};

/** Plan: unnest → command_pkey, the history partitions' keys from $4 on. $1 tenants, $2 device ids, $3 command ids */
export const findKnown: Statement = {
  name: 'command-find-known',
  text: `
SELECT k.tenant, k.device_id, k.command_id FROM unnest($1::text[], $2::text[], $3::uuid[]) AS k(tenant, device_id, command_id)
 WHERE EXISTS (SELECT FROM command_queue.command c
                WHERE c.tenant = k.tenant AND c.device_id = k.device_id AND c.command_id = k.command_id)
    OR EXISTS (SELECT FROM command_queue.command_history h
                WHERE h.tenant = k.tenant AND h.device_id = k.device_id AND h.command_id = k.command_id AND h.finished_at >= $4)`,
};

/**
 * Plan: unnest and sort of the commands, hash join with the few groups, then nested loops over enrollment_pkey and, for
 * finished ones, over the history partitions of the last day or two (pruned at run time by $20: older ones are not
 * opened), insert. LIMIT 1 keeps the planner from reading the whole fleet for a large batch; the order lets neighbouring
 * keys share index pages, and two transactions meet the same keys in the same order.
 *
 * Whether a device has another command of the slot is asked in the same pass, before anything is inserted: then it finds no row as a rule,
 * and need not look at one that is its own.
 *
 * A device of another MDM server is pushed by that one, which knows a CommandUUID once: no push from here, and no other try.
 *
 * $1 group numbers, $2 device ids, $3 command ids, $4 traceparents;
 * $5 body ids, $6 tenants, $7 causes, $8 priorities, $9 not before, $10 expiries, $11 due, $12 push counts, $13 sent for, of the groups;
 * $14 no pushes, $15 purposes, $16 slots, $17 retries, $18 seconds before the first, of the groups;
 * $19 now, $20 from when on and $21 up to when history is searched (days that are still to come have their partitions already),
 * $22 how many commands there are: where all are new, and for devices of our own, none is named
 */
const enqueueWith = (onConflict: string): string => `
WITH terms AS MATERIALIZED (
  SELECT g.* FROM unnest($5::uuid[], $6::text[], $7::text[], $8::smallint[], $9::timestamptz[], $10::timestamptz[],
                         $11::timestamptz[], $12::smallint[], $13::timestamptz[], $14::boolean[], $15::text[],
                         $16::text[], $17::smallint[], $18::int[])
         WITH ORDINALITY AS g(body_id, tenant, cause, priority, not_before, expires_at, due_at, push_count, sent_for_at, no_push,
                              purpose, slot, retries, retry_wait, grp)
   WHERE NOT EXISTS (SELECT FROM command_queue.revoked_cause r
                      WHERE r.tenant = g.tenant AND r.cause = g.cause AND r.revoked_at >= g.sent_for_at)
), wanted AS MATERIALIZED (
  SELECT c.*, e.source, r.is_there
    FROM (SELECT * FROM unnest($1::int[], $2::text[], $3::uuid[], $4::text[])
                   AS u(grp, device_id, command_id, traceparent)
           ORDER BY u.device_id COLLATE "C", u.command_id) c
    JOIN terms g ON g.grp = c.grp
   CROSS JOIN LATERAL (
         SELECT e.source FROM command_queue.enrollment e
          WHERE e.tenant = g.tenant AND e.device_id = c.device_id AND e.status <> 'left'
          LIMIT 1) e
    LEFT JOIN LATERAL (
         SELECT true AS was FROM command_queue.command_history h
          WHERE h.tenant = g.tenant AND h.device_id = c.device_id AND h.command_id = c.command_id
            AND h.finished_at >= $20 AND h.finished_at < $21
          LIMIT 1) h ON true
    LEFT JOIN LATERAL (
         SELECT true AS is_there FROM command_queue.command o
          WHERE o.tenant = g.tenant AND o.device_id = c.device_id AND o.slot = g.slot AND g.slot IS NOT NULL
          LIMIT 1) r ON true
   WHERE h.was IS NULL
), added AS (
INSERT INTO command_queue.command
       (tenant, device_id, command_id, body_id, cause, priority, state, created_at, not_before, expires_at, due_at,
        push_count, traceparent, no_push, purpose, slot, retries_left, retry_wait, source, deliver_at)
SELECT g.tenant, c.device_id, c.command_id, g.body_id, g.cause, g.priority, 0, $19, g.not_before, g.expires_at,
       CASE WHEN c.source IS NULL THEN g.due_at ELSE g.expires_at END,
       CASE WHEN c.source IS NULL THEN g.push_count ELSE 0 END, c.traceparent, g.no_push OR c.source IS NOT NULL, g.purpose, g.slot,
       CASE WHEN c.source IS NULL THEN g.retries ELSE 0 END, g.retry_wait, c.source,
       CASE WHEN c.source IS NOT NULL THEN greatest($19, g.not_before) END
  FROM wanted c JOIN terms g ON g.grp = c.grp
${onConflict}
RETURNING tenant, device_id, command_id, source
)
SELECT n.total, a.tenant, a.device_id, a.command_id, a.source, NULL AS grp
  FROM (SELECT count(*) AS total, count(source) AS relayed FROM added) n
  LEFT JOIN added a ON n.total <> $22 OR n.relayed > 0
 UNION ALL
SELECT NULL, NULL, w.device_id, NULL, NULL, w.grp FROM wanted w WHERE w.is_there`;

/** Fails with `unique_violation` where one of the commands waits already. */
export const enqueueNew: Statement = { name: 'command-enqueue-new', text: enqueueWith('') };
/** As `enqueueNew`, and leaves out what waits already: to be ready for it takes a fifth longer. */
export const enqueue: Statement = { name: 'command-enqueue', text: enqueueWith('ON CONFLICT DO NOTHING') };

export const beforeEnqueue: Statement = { text: 'SAVEPOINT enqueue' };
export const undoEnqueue: Statement = { text: 'ROLLBACK TO SAVEPOINT enqueue' };

/**
 * One row for each that was added; where all were, for devices of our own, a single one that names none. And one for each whose device
 * has another of its slot from before, added or not.
 */
export interface AddedRecord {
  /** How many were added; null of one that names a device with another. */
  total: number | string | null;
  tenant: string | null;
  device_id: string | null;
  command_id: string | null;
  source: string | null;
  /** The number of its group, of one that names a device with another. */
  grp: number | null;
}
