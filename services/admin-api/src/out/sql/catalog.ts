/**
 * $1 OS family, $2 model, $3 version; each may be null. What several lists have is one row; SOFA's word without a build gives way to
 * the same version with one.
 */
export const RELEASES = {
  name: 'catalog-releases',
  text: `
    SELECT r.os, r.version, r.version_extra AS "versionExtra", r.build, max(r.name) AS name, min(r.posted_at)::text AS "postedAt",
           CASE WHEN NOT bool_or(r.expires_at IS NULL AND r.source IN ('public', 'all', 'bsi')) THEN max(r.expires_at)::text END AS "expiresAt",
           array_agg(r.source ORDER BY r.source) AS lists, bool_or(r.source IN ('public', 'all', 'bsi')) AS enforceable,
           max(r.prerequisite_build) AS "prerequisiteBuild", bool_or(r.beta) AS beta,
           ARRAY(SELECT DISTINCT unnest FROM unnest(string_to_array(string_agg(array_to_string(r.platforms, ','), ','), ','))
                  WHERE unnest <> '' ORDER BY 1) AS platforms,
           (SELECT count(DISTINCT m) FROM unnest(string_to_array(string_agg(array_to_string(r.supported_devices, ' '), ' '), ' ')) m
             WHERE m <> '')::int AS devices
      FROM update_scheduler.release_v1 r
     WHERE ($1::text IS NULL OR $1 = ANY (r.platforms))
       AND ($2::text IS NULL OR $2 = ANY (r.supported_devices))
       AND ($3::text IS NULL OR r.version = $3 OR starts_with(r.version, $3 || '.'))
       AND (r.build <> '' OR NOT EXISTS (SELECT FROM update_scheduler.release_v1 b
             WHERE b.os = r.os AND b.version = r.version AND b.version_extra = r.version_extra AND b.build <> ''))
     GROUP BY r.os, r.version_key, r.version, r.version_extra, r.build
     ORDER BY r.os, r.version_key DESC, r.version_extra DESC, r.build LIMIT 5000`,
};

/** $1 OS family, $2 model, $3 version; each may be null. */
export const PRODUCTS = {
  name: 'catalog-products',
  text: `
    SELECT product_key AS "productKey", kind, name, version, build, posted_at::text AS "postedAt", size_bytes AS "sizeBytes", beta
      FROM update_scheduler.catalog_product_v1
     WHERE ($1::text IS NULL OR $1 = 'macOS')
       AND ($2::text IS NULL OR $2 = ANY (supported_devices))
       AND ($3::text IS NULL OR version = $3 OR starts_with(version, $3 || '.'))
     ORDER BY version_key DESC NULLS LAST, posted_at DESC NULLS LAST, product_key LIMIT 2000`,
};

export interface SourceRow {
  source: string;
  kind: 'gdmf' | 'sofa' | 'sucatalog';
  location: string | null;
  releases: number;
  products: number;
  copyFrom: string | null;
  copyAt: Date | null;
  attemptedAt: Date | null;
  succeededAt: Date | null;
  failures: number;
  failingSince: Date | null;
  errorCode: string | null;
  error: string | null;
  remedy: string | null;
  nextAt: Date | null;
  fetching: boolean;
}

export const SOURCES = {
  name: 'catalog-sources',
  text: `
    SELECT source, kind, location, releases, products, copy_from AS "copyFrom", copy_at AS "copyAt", attempted_at AS "attemptedAt",
           succeeded_at AS "succeededAt", failures, failing_since AS "failingSince", error_code AS "errorCode", error, remedy,
           next_at AS "nextAt", fetching
      FROM update_scheduler.catalog_source_v1 ORDER BY source`,
};

/** $1 tenant, $2 device. The list was reported when the newest answer about it came: an empty one leaves no rows. */
export const DEVICE_FACTS = {
  name: 'device-releases-facts',
  text: `
    SELECT d.platform, CASE d.platform WHEN 'macOS' THEN coalesce(d.software_update_device_id, d.product_name) ELSE d.product_name END AS model,
           d.os_version AS "osVersion", d.os_version_key AS "osVersionKey", d.build_version AS "buildVersion",
           d.supplemental_build AS "supplementalBuild",
           (SELECT max(r.at) FROM status_ingestion.report_v1 r
             WHERE r.tenant = d.tenant AND r.device_id = d.device_id AND r.observation->>'kind' = 'available-updates') AS "reportedAt"
      FROM status_ingestion.device_v1 d WHERE d.tenant = $1 AND d.device_id = $2`,
};

/** $1 tenant, $2 device */
export const DEVICE_LISTS = {
  name: 'device-releases-own',
  text: `
    SELECT a.product_key AS "productKey", coalesce(a.version, p.version) AS version, coalesce(a.build, p.build) AS build,
           coalesce(a.human_name, p.name) AS name, a.is_config_data AS "isConfigData", a.is_major AS "isMajor",
           a.is_security_response AS "isSecurityResponse", a.download_size AS "downloadBytes", a.install_size AS "installBytes",
           a.deferred_until AS "deferredUntil", a.restart_required AS "restartRequired", a.allows_install_later AS "allowsInstallLater",
           a.is_critical AS "isCritical", a.requires_bootstrap_token AS "requiresBootstrapToken",
           a.supplemental_build AS "supplementalBuild", a.supplemental_extra AS "supplementalExtra", a.reported_at AS "reportedAt"
      FROM status_ingestion.available_update_v1 a
      LEFT JOIN update_scheduler.catalog_product_v1 p ON p.product_key = a.product_key
     WHERE a.tenant = $1 AND a.device_id = $2 ORDER BY a.product_key`,
};

/** $1 model, $2 version key or null, $3 today, $4 build and $5 supplemental build or null: what is newer, and what goes on top of the build. */
export const MODEL_RELEASES = {
  name: 'device-releases-model',
  text: `
    SELECT r.version, '' AS "versionExtra", r.build, r.posted_at::text AS "postedAt", r.expires_at::text AS "expiresAt", r.enforceable,
           n.name, k.product_key AS "productKey", r.version_key AS "versionKey"
      FROM update_scheduler.release_device_v1 r
      LEFT JOIN LATERAL (SELECT max(l.name) AS name FROM update_scheduler.release_v1 l
                          WHERE l.os = r.os AND l.version = r.version AND l.version_extra = '' AND l.build IN (r.build, '')) n ON true
      LEFT JOIN LATERAL (SELECT p.product_key FROM update_scheduler.catalog_product_v1 p
                          WHERE r.os = 'macOS' AND p.build = r.build AND NOT p.beta ORDER BY p.kind DESC, p.product_key LIMIT 1) k ON true
     WHERE r.supported_device = $1 AND ($2::bigint IS NULL OR r.version_key > $2) AND (r.expires_at IS NULL OR r.expires_at > $3::date)
    UNION ALL
    SELECT i.version, i.version_extra, i.build, i.posted_at::text, i.expires_at::text, true, NULL, NULL,
           i.version_key
      FROM update_scheduler.improvement_device_v1 i
     WHERE i.supported_device = $1 AND (i.expires_at IS NULL OR i.expires_at > $3::date) AND i.build IS DISTINCT FROM $5
       AND i.prerequisite_build = $4
     ORDER BY "versionKey" DESC, "versionExtra" DESC, build`,
};
