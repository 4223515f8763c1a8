import type { Statement } from '@lamplighter/runtime';

/** Two devices may share a turn, and then wait for each other. $1 tenant, $2 device id */
export const takeTurn: Statement = {
  name: 'enrollment-take-turn',
  text: `SELECT pg_advisory_xact_lock(7109, hashtext($1 || ' ' || $2))`,
};

/** Plan: enrollment_pkey. $1 tenant, $2 device id */
export const lock: Statement = {
  name: 'enrollment-lock',
  text: `
SELECT tenant, device_id, kind, parent_id, status, topic, encode(certificate_hash, 'hex') AS certificate_hash, generation,
       source, token_update_tally, greatest(authenticated_at, token_updated_at, left_at) AS changed_at, facts, bootstrap_token,
       (status = 'enrolled' AND push_gone_at IS NULL) AS reachable
  FROM command_queue.enrollment WHERE tenant = $1 AND device_id = $2 FOR UPDATE`,
};

/** Plan: enrollment_parent. $1 tenant, $2 parent id */
export const channels: Statement = {
  name: 'enrollment-channels',
  text: `
SELECT device_id FROM command_queue.enrollment
 WHERE tenant = $1 AND parent_id = $2 AND status <> 'left' ORDER BY device_id FOR UPDATE`,
};

/** Plan: unnest, enrollment_pkey. $1 tenant, $2 device ids */
export const absent: Statement = {
  name: 'enrollment-absent',
  text: `
SELECT d.device_id FROM unnest($2::text[]) AS d(device_id)
 WHERE NOT EXISTS (SELECT FROM command_queue.enrollment e
                    WHERE e.tenant = $1 AND e.device_id = d.device_id AND e.status <> 'left')`,
};

/** Until the transaction ends nobody else asks whose this certificate is: else several could be told that it is free. $1 hash */
export const lockCertificate: Statement = {
  name: 'enrollment-lock-certificate',
  text: `SELECT pg_advisory_xact_lock(hashtextextended($1, 7108))`,
};

/** Plan: enrollment_certificate. A device's own user channels share its certificate; what has left keeps it. $1 tenant, $2 device id, $3 hash */
export const isPinnedElsewhere: Statement = {
  name: 'enrollment-pinned-elsewhere',
  text: `
SELECT EXISTS (
  SELECT FROM command_queue.enrollment
   WHERE certificate_hash = decode($3, 'hex')
     AND (tenant, device_id) <> ($1, $2) AND (tenant, coalesce(parent_id, '')) <> ($1, $2)) AS pinned`,
};

/** $1 tenant, $2 device id, $3 kind, $4 parent id, $5 topic, $6 hash, $7 generation, $8 facts, $9 when, $10 source or null */
export const begin: Statement = {
  name: 'enrollment-begin',
  text: `
INSERT INTO command_queue.enrollment
       (tenant, device_id, kind, parent_id, status, topic, certificate_hash, generation, facts, authenticated_at, source)
VALUES ($1, $2, $3, $4, 'authenticated', $5, decode($6, 'hex'), $7, $8, $9, $10)
ON CONFLICT (tenant, device_id) DO UPDATE
   SET kind = EXCLUDED.kind, parent_id = EXCLUDED.parent_id, status = EXCLUDED.status, topic = EXCLUDED.topic,
       certificate_hash = EXCLUDED.certificate_hash, generation = EXCLUDED.generation, facts = EXCLUDED.facts,
       authenticated_at = EXCLUDED.authenticated_at, source = EXCLUDED.source,
       push_address = NULL, push_gone_at = NULL, token_updated_at = NULL, token_update_tally = 0,
       awaiting_configuration = false, not_on_console = NULL, user_short_name = NULL, user_long_name = NULL,
       unlock_token = NULL, bootstrap_token = NULL, enrolled_at = NULL, left_at = NULL, certificate_ends_at = NULL`,
};

/** $1 tenant, $2 device id, $3 topic, $4 facts, $5 when */
export const refresh: Statement = {
  name: 'enrollment-refresh',
  text: `
UPDATE command_queue.enrollment SET topic = $3, facts = $4, authenticated_at = $5 WHERE tenant = $1 AND device_id = $2`,
};

/**
 * $1 tenant, $2 device id, $3 when, $4 topic, $5 push address or null, $6 unlock token or null, $7 awaiting configuration,
 * $8 not on console or null, $9 and $10 short and long name of the user or null
 */
export const setTokens: Statement = {
  name: 'enrollment-set-tokens',
  text: `
UPDATE command_queue.enrollment
   SET status = 'enrolled', topic = $4, push_address = coalesce($5, push_address),
       unlock_token = coalesce($6, unlock_token), awaiting_configuration = $7, not_on_console = $8,
       user_short_name = $9, user_long_name = $10, token_update_tally = token_update_tally + 1,
       token_updated_at = $3, push_gone_at = NULL, enrolled_at = coalesce(enrolled_at, $3)
 WHERE tenant = $1 AND device_id = $2`,
};

/** Plan: enrollment_pkey and enrollment_parent. $1 tenant, $2 device id, $3 hash */
export const movePin: Statement = {
  name: 'enrollment-move-pin',
  text: `
UPDATE command_queue.enrollment SET certificate_hash = decode($3, 'hex'), certificate_ends_at = NULL
 WHERE tenant = $1 AND (device_id = $2 OR parent_id = $2) AND status <> 'left'`,
};

/** $1 tenant, $2 device id, $3 when it ends */
export const noteCertificateEnd: Statement = {
  name: 'enrollment-note-certificate-end',
  text: `
UPDATE command_queue.enrollment SET certificate_ends_at = $3
 WHERE tenant = $1 AND device_id = $2 AND certificate_ends_at IS DISTINCT FROM $3`,
};

/** $1 tenant, $2 device id, $3 whether it waits */
export const setAwaitingConfiguration: Statement = {
  name: 'enrollment-set-awaiting-configuration',
  text: `
UPDATE command_queue.enrollment SET awaiting_configuration = $3
 WHERE tenant = $1 AND device_id = $2 AND awaiting_configuration <> $3`,
};

/**
 * Each token takes its part of an hour; none is given that would reach beyond an hour from now. The milliseconds are for parts that are
 * rounded.
 * $1 tenant, $2 device id, $3 tokens an hour, $4 now
 */
export const takeToken: Statement = {
  name: 'enrollment-take-token',
  text: `
UPDATE command_queue.enrollment
   SET tokens_until = greatest(tokens_until, $4::timestamptz) + interval '1 hour' / $3::int
 WHERE tenant = $1 AND device_id = $2
   AND (tokens_until IS NULL OR tokens_until + interval '1 hour' / $3::int <= $4::timestamptz + interval '1 hour 10 milliseconds')
RETURNING device_id`,
};

/** $1 tenant, $2 device id, $3 sealed or null */
export const setBootstrapToken: Statement = {
  name: 'enrollment-set-bootstrap-token',
  text: 'UPDATE command_queue.enrollment SET bootstrap_token = $3 WHERE tenant = $1 AND device_id = $2',
};

/** $1 tenant, $2 device ids, $3 when */
export const leave: Statement = {
  name: 'enrollment-leave',
  text: `
UPDATE command_queue.enrollment
   SET status = 'left', left_at = $3, push_address = NULL, unlock_token = NULL, bootstrap_token = NULL,
       awaiting_configuration = false
 WHERE tenant = $1 AND device_id = ANY($2)`,
};

/** Plan: unnest → enrollment_pkey, in key order. $1 tenant, $2 device ids, $3 gone at */
export const markGone: Statement = {
  name: 'enrollment-mark-gone',
  text: `
UPDATE command_queue.enrollment e SET push_gone_at = g.gone_at
  FROM (SELECT * FROM unnest($2::text[], $3::timestamptz[]) AS u(device_id, gone_at) ORDER BY device_id) g
 WHERE e.tenant = $1 AND e.device_id = g.device_id AND e.token_updated_at < g.gone_at`,
};

export interface EnrollmentRecord {
  tenant: string;
  device_id: string;
  kind: string;
  parent_id: string | null;
  status: string;
  topic: string;
  certificate_hash: string;
  source: string | null;
  generation: number;
  facts: Record<string, string>;
  bootstrap_token: Buffer | null;
  token_update_tally: number;
  changed_at: Date;
  reachable: boolean;
}
