import type { Statement } from '@lamplighter/runtime';
import { keep } from './due.ts';

/**
 * Held from its beginning to its end by an enqueue of commands that have slots: of two at once, one sees what the other queued. A lock for each tenant: what
 * one sends holds up no other. In the order of their keys: two enqueues of several tenants never wait for each other in a
 * circle. Tenants that happen to have the same key merely wait.
 */
const SLOT_LOCK = 7108;
/** $1 tenants */
export const maySupersede: Statement = {
  name: 'command-may-supersede',
  text: `
SELECT pg_advisory_xact_lock(${SLOT_LOCK}, o.key)
  FROM (SELECT DISTINCT hashtext(t.tenant) AS key FROM unnest($1::text[]) AS t(tenant) ORDER BY 1) o`,
};

/**
 * Plan: unnest → the pending commands of each device, locked in key order (`state` is that of after the lock: what a device
 * takes meanwhile is in its hand) → command_pkey.
 * $1 tenants, $2 device ids, $3 slots, $4 ids of the commands that take the places, $5 now
 */
export const supersede: Statement = {
  name: 'command-supersede',
  text: `
WITH picked AS MATERIALIZED (
  SELECT o.*, w.command_id AS newer
    FROM (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[]) AS u(tenant, device_id, slot, command_id)
           ORDER BY u.tenant, u.device_id COLLATE "C") w
   CROSS JOIN LATERAL (
     SELECT c.tenant, c.device_id, c.command_id, c.state FROM command_queue.command c
      WHERE c.tenant = w.tenant AND c.device_id = w.device_id AND c.slot = w.slot AND c.command_id <> w.command_id
        FOR UPDATE) o
), marked AS (
  UPDATE command_queue.command c SET overtaken = true
    FROM picked p
   WHERE c.tenant = p.tenant AND c.device_id = p.device_id AND c.command_id = p.command_id AND p.state = 1
), gone AS (
  DELETE FROM command_queue.command c USING picked p
   WHERE c.tenant = p.tenant AND c.device_id = p.device_id AND c.command_id = p.command_id AND p.state <> 1
  RETURNING c.*, p.newer
), kept AS (${keep("'superseded'", '$5')})
SELECT g.tenant, g.device_id, g.command_id, g.state, g.cause, g.not_now_count, g.traceparent, g.newer, b.request_type
  FROM gone g JOIN command_queue.command_body b ON b.tenant = g.tenant AND b.body_id = g.body_id`,
};

/**
 * Plan: unnest → command_pkey, locked; `state` as it is once the lock is held.
 * $1 cause, $2 tenants, $3 device ids, $4 command ids, $5 now
 */
export const recall: Statement = {
  name: 'command-recall',
  text: `
WITH picked AS MATERIALIZED (
  SELECT o.* FROM (SELECT * FROM unnest($2::text[], $3::text[], $4::uuid[]) AS u(tenant, device_id, command_id) ORDER BY u.device_id COLLATE "C", 3) d
   CROSS JOIN LATERAL (
     SELECT c.tenant, c.device_id, c.command_id FROM command_queue.command c
      WHERE c.tenant = d.tenant AND c.device_id = d.device_id AND c.command_id = d.command_id AND c.cause = $1 AND c.state <> 1
        FOR UPDATE) o
), gone AS (
  DELETE FROM command_queue.command c USING picked p
   WHERE c.tenant = p.tenant AND c.device_id = p.device_id AND c.command_id = p.command_id
  RETURNING c.*
), kept AS (${keep("'revoked'", '$5')})
SELECT g.tenant, g.device_id, g.command_id, g.state, g.cause, g.not_now_count, g.traceparent, b.request_type
  FROM gone g JOIN command_queue.command_body b ON b.tenant = g.tenant AND b.body_id = g.body_id`,
};

/**
 * Plan: unnest → the pending commands of each device, locked → command_pkey.
 * $1 tenant, $2 device ids, $3 command id or null for all, $4 now
 */
export const cancel: Statement = {
  name: 'command-cancel',
  text: `
WITH picked AS MATERIALIZED (
  SELECT o.* FROM (SELECT * FROM unnest($2::text[]) AS u(device_id) ORDER BY u.device_id COLLATE "C") d
   CROSS JOIN LATERAL (
     SELECT c.tenant, c.device_id, c.command_id, c.state FROM command_queue.command c
      WHERE c.tenant = $1 AND c.device_id = d.device_id AND ($3::uuid IS NULL OR c.command_id = $3)
        FOR UPDATE) o
), gone AS (
  DELETE FROM command_queue.command c USING picked p
   WHERE c.tenant = p.tenant AND c.device_id = p.device_id AND c.command_id = p.command_id AND p.state <> 1
  RETURNING c.*
), kept AS (${keep("'cancelled'", '$4')})
SELECT p.tenant, p.device_id, p.command_id, p.state, g.cause, g.not_now_count, g.traceparent, b.request_type
  FROM picked p
  LEFT JOIN gone g ON g.tenant = p.tenant AND g.device_id = p.device_id AND g.command_id = p.command_id
  LEFT JOIN command_queue.command_body b ON b.tenant = g.tenant AND b.body_id = g.body_id`,
};
