import type { Statement } from '@lamplighter/runtime';

/** $6 sealed API key or null: what is there stays. $7 sealed webhook key, $8 whether the one that is there stays. */
export const PUT: Statement = {
  name: 'source-put',
  text: `
    INSERT INTO admin_api.source AS s
           (tenant, name, kind, url, unauthenticated, sealed_api_key, sealed_webhook_key, concurrency, timeout_ms, enabled,
            created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $9, $10, $11, $12, $12)
    ON CONFLICT (tenant, name) DO UPDATE SET
      kind = excluded.kind, url = excluded.url, unauthenticated = excluded.unauthenticated,
      sealed_api_key = excluded.sealed_api_key,
      sealed_webhook_key = CASE WHEN $8 THEN s.sealed_webhook_key ELSE excluded.sealed_webhook_key END,
      concurrency = excluded.concurrency, timeout_ms = excluded.timeout_ms, enabled = excluded.enabled,
      updated_at = excluded.updated_at`,
};

export const REMOVE: Statement = {
  name: 'source-remove',
  text: 'DELETE FROM admin_api.source WHERE tenant = $1 AND name = $2 RETURNING name',
};

/** Plan: source_pkey. */
export const DOOR: Statement = {
  name: 'source-door',
  text: `
    SELECT tenant, name, sealed_webhook_key AS "sealedWebhookKey", sealed_api_key AS "sealedApiKey", unauthenticated, enabled
      FROM admin_api.source WHERE tenant = $1 AND name = $2`,
};

/** $2 a name, or null for all. Counts the tenant's enrollments once. */
export const LIST: Statement = {
  name: 'source-list',
  text: `
    SELECT s.name, s.kind, s.url, s.sealed_webhook_key IS NOT NULL AS signed, s.unauthenticated, s.concurrency,
           s.timeout_ms AS "timeoutMs", s.enabled, s.created_at AS "createdAt", s.updated_at AS "updatedAt",
           coalesce(e.devices, 0) AS devices, t.failing_since AS "failingSince", t.last_error AS "lastError",
           t.paused_until AS "pausedUntil"
      FROM admin_api.source s
      LEFT JOIN (
        SELECT source, count(*) AS devices FROM command_queue.enrollment_v1
         WHERE tenant = $1 AND source IS NOT NULL AND status <> 'left' AND parent_id IS NULL GROUP BY source) e ON e.source = s.name
      LEFT JOIN command_queue.hand_over_target_v1 t ON t.tenant = s.tenant AND t.source = s.name AND t.failures > 0
     WHERE s.tenant = $1 AND ($2::text IS NULL OR s.name = $2)
     ORDER BY s.name`,
};
