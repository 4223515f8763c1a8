/** $1 source, $2 kind, $3 {releases, products}, $4 digest, $5 reader, $6 releases, $7 products, $8 who brought it */
export const keepCopy = {
  text: `
INSERT INTO update_scheduler.catalog_source AS s (source, kind, listed, digest, reader, releases, products, copy_from, copy_at)
VALUES ($1, $2, $3::jsonb, $4, $5, $6, $7, $8, clock_timestamp())
ON CONFLICT (source) DO UPDATE
   SET kind = EXCLUDED.kind, listed = EXCLUDED.listed, digest = EXCLUDED.digest, reader = EXCLUDED.reader, releases = EXCLUDED.releases,
       products = EXCLUDED.products, copy_from = EXCLUDED.copy_from, copy_at = EXCLUDED.copy_at, etag = NULL, last_modified = NULL`,
};

const RELEASES = `jsonb_to_recordset($1::jsonb) AS v (source text, os text, version text, "versionKey" bigint, build text, "postedAt" date,
       "expiresAt" date, "supportedDevices" jsonb, "versionExtra" text, "prerequisiteBuild" text, name text, beta boolean,
       platforms jsonb)`;

/** $1 releases, $2 products. One release is new however many lists have it. */
export const countNew = {
  text: `
SELECT (SELECT count(DISTINCT (v.os, v.version, v."versionExtra", v.build)) FROM ${RELEASES}
         WHERE NOT EXISTS (SELECT FROM update_scheduler.release r
                            WHERE r.os = v.os AND r.version = v.version AND r.version_extra = v."versionExtra" AND r.build = v.build))
     + (SELECT count(*) FROM jsonb_to_recordset($2::jsonb) AS p ("productKey" text)
         WHERE NOT EXISTS (SELECT FROM update_scheduler.catalog_product c WHERE c.product_key = p."productKey")) AS count`,
};

export const clearAll = {
  text: `
WITH a AS (DELETE FROM update_scheduler.release), b AS (DELETE FROM update_scheduler.release_device),
     c AS (DELETE FROM update_scheduler.improvement_device)
DELETE FROM update_scheduler.catalog_product`,
};

export const insertReleases = {
  text: `
INSERT INTO update_scheduler.release (source, os, version, version_key, build, posted_at, expires_at, supported_devices, version_extra,
       prerequisite_build, name, beta, platforms)
SELECT v.source, v.os, v.version, v."versionKey", v.build, v."postedAt", v."expiresAt",
       ARRAY(SELECT jsonb_array_elements_text(v."supportedDevices")), v."versionExtra", v."prerequisiteBuild", v.name, v.beta,
       ARRAY(SELECT jsonb_array_elements_text(v.platforms))
  FROM ${RELEASES}`,
};

const MODEL = `"supportedDevice" text, os text, version text, "versionKey" bigint, build text, "postedAt" date, "expiresAt" date`;

export const insertModels = {
  text: `
INSERT INTO update_scheduler.release_device (supported_device, os, version, version_key, build, posted_at, expires_at, origin, enforceable)
SELECT v."supportedDevice", v.os, v.version, v."versionKey", v.build, v."postedAt", v."expiresAt", v.origin, v.enforceable
  FROM jsonb_to_recordset($1::jsonb) AS v (${MODEL}, origin text, enforceable boolean)`,
};

export const insertImprovements = {
  text: `
INSERT INTO update_scheduler.improvement_device (supported_device, os, version, version_key, version_extra, build, prerequisite_build,
       posted_at, expires_at)
SELECT v."supportedDevice", v.os, v.version, v."versionKey", v."versionExtra", v.build, v."prerequisiteBuild", v."postedAt", v."expiresAt"
  FROM jsonb_to_recordset($1::jsonb) AS v (${MODEL}, "versionExtra" text, "prerequisiteBuild" text)`,
};

export const insertProducts = {
  text: `
INSERT INTO update_scheduler.catalog_product (product_key, kind, name, version, version_key, build, posted_at, size_bytes, beta,
       supported_devices)
SELECT v."productKey", v.kind, v.name, v.version, v."versionKey", v.build, v."postedAt", v."sizeBytes", v.beta,
       ARRAY(SELECT jsonb_array_elements_text(v."supportedDevices"))
  FROM jsonb_to_recordset($1::jsonb) AS v ("productKey" text, kind text, name text, version text, "versionKey" bigint, build text,
       "postedAt" date, "sizeBytes" double precision, beta boolean, "supportedDevices" jsonb)`,
};
