import type { Statement } from '@lamplighter/runtime';

/** Parallel arrays: $3 event ids, $4 topics, $5 device ids, $6 instants, $7 events; $8 ms until they expire. */
export const ADD: Statement = {
  name: 'delivery-add',
  text: `
    INSERT INTO admin_api.webhook_delivery (tenant, webhook, event_id, topic, device_id, at, event, expires_at)
    SELECT w.tenant, w.name, n.event_id, n.topic, n.device_id, n.at, n.event, now() + $8 * interval '1 ms'
      FROM (SELECT tenant, name FROM admin_api.webhook WHERE tenant = $1 AND name = $2 FOR KEY SHARE) w,
           unnest($3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::text[]) WITH ORDINALITY
             AS n(event_id, topic, device_id, at, event, place)
     ORDER BY n.place
    ON CONFLICT DO NOTHING`,
};

/** $3 how many, $4 the lease in ms. Plan: index scan of webhook_delivery_due, then the primary key for each. */
export const CLAIM: Statement = {
  name: 'delivery-claim',
  text: `
    WITH due AS (
      SELECT event_id FROM admin_api.webhook_delivery
       WHERE tenant = $1 AND webhook = $2 AND failed_at IS NULL AND next_at <= now() AND expires_at > now()
       ORDER BY next_at, seq LIMIT $3 FOR UPDATE SKIP LOCKED),
    claimed AS (
      UPDATE admin_api.webhook_delivery d SET attempts = d.attempts + 1, next_at = now() + $4 * interval '1 ms'
        FROM due WHERE d.tenant = $1 AND d.webhook = $2 AND d.event_id = due.event_id
      RETURNING d.seq, d.attempts, d.event)
    SELECT attempts, event FROM claimed ORDER BY seq`,
};

export const DELIVERED: Statement = {
  name: 'delivery-delivered',
  text: 'DELETE FROM admin_api.webhook_delivery WHERE tenant = $1 AND webhook = $2 AND event_id = ANY($3::uuid[])',
};

/** Parallel arrays: $3 event ids, $4 their attempts (the fence), $5 ms until the next or null for none, $6 statuses, $7 errors. */
export const FAILED: Statement = {
  name: 'delivery-failed',
  text: `
    UPDATE admin_api.webhook_delivery d
       SET next_at = now() + coalesce(n.retry_ms, 0) * interval '1 ms', last_status = n.status, last_error = n.error,
           failed_at = CASE WHEN n.retry_ms IS NULL THEN now() END
      FROM unnest($3::uuid[], $4::int[], $5::float8[], $6::int[], $7::text[]) AS n(event_id, attempts, retry_ms, status, error)
     WHERE d.tenant = $1 AND d.webhook = $2 AND d.event_id = n.event_id AND d.attempts = n.attempts AND d.failed_at IS NULL`,
};

/** Parallel arrays: $3 event ids, $4 their attempts (the fence). */
export const UNTRIED: Statement = {
  name: 'delivery-untried',
  text: `
    UPDATE admin_api.webhook_delivery d SET next_at = now(), attempts = d.attempts - 1
      FROM unnest($3::uuid[], $4::int[]) AS n(event_id, attempts)
     WHERE d.tenant = $1 AND d.webhook = $2 AND d.event_id = n.event_id AND d.attempts = n.attempts AND d.failed_at IS NULL`,
};

export const EXPIRE: Statement = {
  name: 'delivery-expire',
  text: `
    UPDATE admin_api.webhook_delivery
       SET failed_at = now(), last_error = coalesce(last_error, 'its time was over before the target could be tried')
     WHERE failed_at IS NULL AND expires_at <= now()`,
};

/** $1 ms. */
export const FORGET: Statement = {
  name: 'delivery-forget',
  text: `DELETE FROM admin_api.webhook_delivery WHERE failed_at < now() - $1 * interval '1 ms'`,
};

const COLUMNS = `
  seq, event_id AS "eventId", topic, device_id AS "deviceId", at, attempts, next_at AS "nextAt", expires_at AS "expiresAt",
  failed_at AS "failedAt", last_status AS "lastStatus", last_error AS "lastError"`;

/** Without the events, of which each may have 128 KiB. $3 null, or whether only those that were given up; $4 the last `seq` of the page before; $5 how many. */
export const PAGE: Statement = {
  name: 'delivery-page',
  text: `
    SELECT ${COLUMNS} FROM admin_api.webhook_delivery
     WHERE tenant = $1 AND webhook = $2 AND ($3::boolean IS NULL OR (failed_at IS NOT NULL) = $3) AND seq > $4
     ORDER BY seq LIMIT $5`,
};

export const ONE: Statement = {
  name: 'delivery-one',
  text: `SELECT ${COLUMNS}, event FROM admin_api.webhook_delivery WHERE tenant = $1 AND webhook = $2 AND event_id = $3`,
};

/** $3 ms until they expire, $4 one event, or null for all that were given up. */
export const RETRY: Statement = {
  name: 'delivery-retry',
  text: `
    WITH retried AS (
      UPDATE admin_api.webhook_delivery
         SET failed_at = NULL, attempts = CASE WHEN failed_at IS NULL THEN attempts ELSE 0 END, next_at = now(),
             expires_at = now() + $3 * interval '1 ms'
       WHERE tenant = $1 AND webhook = $2 AND CASE WHEN $4::uuid IS NULL THEN failed_at IS NOT NULL ELSE event_id = $4 END
      RETURNING event_id)
    SELECT count(*) AS retried FROM retried`,
};

export const DISCARD: Statement = {
  name: 'delivery-discard',
  text: 'DELETE FROM admin_api.webhook_delivery WHERE tenant = $1 AND webhook = $2 AND event_id = $3 RETURNING event_id',
};
