import type { Statement } from '@lamplighter/runtime';

/**
 * $1 tenants, $2 device ids, $3 instants of new lists (one a device), $4 the earliest of the instants. Deletes the lists that
 * they replace, and returns the devices whose new list is the newest that was recorded.
 * Plan: per device one probe into its own reports of the days since $4.
 */
export const clearAvailable: Statement = {
  name: 'clear-available',
  text: `
WITH newest AS (
  SELECT l.tenant, l.device_id
    FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS l(tenant, device_id, at)
   WHERE NOT EXISTS (SELECT FROM status_ingestion.report r
                      WHERE r.tenant = l.tenant AND r.device_id = l.device_id AND r.at > l.at AND r.at >= $4::timestamptz
                        AND r.observation->>'kind' = 'available-updates')
), gone AS (
  DELETE FROM status_ingestion.available_update a USING newest n WHERE a.tenant = n.tenant AND a.device_id = n.device_id
)
SELECT tenant, device_id AS "deviceId" FROM newest`,
};

/** $1 jsonb array of products; keys are unique a device. */
export const insertAvailable: Statement = {
  name: 'insert-available',
  text: `
INSERT INTO status_ingestion.available_update
  (tenant, device_id, product_key, version, build, human_name, is_config_data, is_major, is_security_response, download_size,
   install_size, deferred_until, restart_required, allows_install_later, is_critical, requires_bootstrap_token, supplemental_build,
   supplemental_extra, reported_at)
SELECT p.tenant, p."deviceId", p."productKey", p.version, p.build, p."humanName", p."isConfigData", p."isMajor",
       p."isSecurityResponse", p."downloadSize", p."installSize", p."deferredUntil", p."restartRequired", p."allowsInstallLater", p."isCritical",
       p."requiresBootstrapToken", p."supplementalBuild", p."supplementalExtra", p."reportedAt"
  FROM jsonb_to_recordset($1::jsonb) AS p(
       tenant text, "deviceId" text, "productKey" text, version text, build text, "humanName" text, "isConfigData" boolean,
       "isMajor" boolean, "isSecurityResponse" boolean, "downloadSize" double precision,
       "installSize" double precision, "deferredUntil" timestamptz, "restartRequired" boolean, "allowsInstallLater" boolean,
       "isCritical" boolean, "requiresBootstrapToken" boolean, "supplementalBuild" text, "supplementalExtra" text,
       "reportedAt" timestamptz)`,
};
