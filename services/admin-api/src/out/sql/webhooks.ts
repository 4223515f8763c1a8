import type { Statement } from '@lamplighter/runtime';

/** $8 whether the stored secret stays. Enabled again, a webhook begins anew: what happened meanwhile is not for it. */
export const PUT: Statement = {
  name: 'webhook-put',
  text: `
    INSERT INTO admin_api.webhook AS w (tenant, name, url, topics, enabled, sealed_secret, created_at, updated_at, since, listen_from)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7, now() - interval '1 minute')
    ON CONFLICT (tenant, name) DO UPDATE SET
      url = excluded.url, topics = excluded.topics, enabled = excluded.enabled, updated_at = excluded.updated_at,
      sealed_secret = CASE WHEN $8 THEN w.sealed_secret ELSE excluded.sealed_secret END,
      since = CASE WHEN w.enabled THEN w.since ELSE excluded.since END,
      listen_from = CASE WHEN w.enabled THEN w.listen_from ELSE excluded.listen_from END`,
};

export const REMOVE: Statement = {
  name: 'webhook-remove',
  text: 'DELETE FROM admin_api.webhook WHERE tenant = $1 AND name = $2 RETURNING name',
};

export const ACTIVE: Statement = {
  name: 'webhook-active',
  text: `
    SELECT tenant, name, url, topics, sealed_secret AS "sealedSecret", since, listen_from AS "listenFrom"
      FROM admin_api.webhook WHERE enabled`,
};

/** $2 a name, or null for all. Reads all deliveries of these webhooks, which LAMP_WEBHOOK_BACKLOG bounds. */
export const LIST: Statement = {
  name: 'webhook-list',
  text: `
    SELECT w.name, w.url, w.topics, w.sealed_secret IS NOT NULL AS signed, w.enabled, w.created_at AS "createdAt",
           w.updated_at AS "updatedAt", w.dropped, d.waiting, d.failed, d.oldest AS "oldestWaitingAt", e.last_error AS "lastError"
      FROM admin_api.webhook w
      CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE failed_at IS NULL) AS waiting, count(failed_at) AS failed,
               min(at) FILTER (WHERE failed_at IS NULL) AS oldest
          FROM admin_api.webhook_delivery WHERE tenant = w.tenant AND webhook = w.name) d
      LEFT JOIN LATERAL (
        SELECT last_error FROM admin_api.webhook_delivery
         WHERE tenant = w.tenant AND webhook = w.name AND last_error IS NOT NULL ORDER BY seq DESC LIMIT 1) e ON true
     WHERE w.tenant = $1 AND ($2::text IS NULL OR w.name = $2)
     ORDER BY w.name`,
};

/** Plan: index only, of one webhook, at most $3 rows. */
export const BACKLOG: Statement = {
  name: 'webhook-backlog',
  text: `
    SELECT count(*) AS events FROM (
      SELECT FROM admin_api.webhook_delivery WHERE tenant = $1 AND webhook = $2 LIMIT $3) held`,
};

export const DROPPED: Statement = {
  name: 'webhook-dropped',
  text: 'UPDATE admin_api.webhook SET dropped = dropped + $3 WHERE tenant = $1 AND name = $2',
};
