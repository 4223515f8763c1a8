import type { Statement } from '@lamplighter/runtime';

/**
 * What a batch of devices asks for, in one round trip: who each is, and the document as it was made when something changed.
 *
 * Plan: for each item an index scan on the enrollment's key, one on device_pkey, one on manifest_pkey, and where a declaration is
 * asked for one on manifest_declaration_pkey and declaration_pkey: LATERAL with LIMIT leaves the planner no other choice. Who fetches
 * declaration items is noted in a HOT update.
 *
 * $1 tenants, $2 device ids, $3 endpoints, $4 kinds, $5 identifiers, $6 now, $7 token of nothing,
 * $8 certificate hashes (hex; null where a source asks), $9 sources
 */
export const readSync: Statement = {
  name: 'ddm-read-sync',
  text: `
WITH asked AS MATERIALIZED (
  SELECT i.n, i.tenant, i.device_id, i.endpoint, e.is_enrolled, e.certificate_hash, e.source, s.manifest_id, m.declarations_token,
         CASE WHEN i.source IS NULL THEN e.is_enrolled AND e.certificate_hash = i.hash
              ELSE coalesce(e.is_enrolled AND e.source IS DISTINCT FROM i.source, false) IS FALSE END AS is_admitted,
         CASE i.endpoint WHEN 'tokens' THEN m.tokens_document WHEN 'declaration-items' THEN m.items_document
                         WHEN 'declaration' THEN d.document END AS document
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $8::text[], $9::text[])
         WITH ORDINALITY AS i(tenant, device_id, endpoint, kind, identifier, hash, source, n)
    LEFT JOIN LATERAL (
         SELECT e.status = 'enrolled' AS is_enrolled, encode(e.certificate_hash, 'hex') AS certificate_hash, e.source
           FROM command_queue.enrollment_v1 e
          WHERE e.tenant = i.tenant AND e.device_id = i.device_id LIMIT 1) e ON true
    LEFT JOIN LATERAL (
         SELECT s.manifest_id FROM ddm.device s
          WHERE s.tenant = i.tenant AND s.device_id = i.device_id AND i.endpoint <> 'status' LIMIT 1) s ON true
    LEFT JOIN LATERAL (
         SELECT m.declarations_token, m.tokens_document, m.items_document FROM ddm.manifest m
          WHERE m.tenant = i.tenant AND m.manifest_id = s.manifest_id AND i.endpoint <> 'declaration' LIMIT 1) m ON true
    LEFT JOIN LATERAL (
         SELECT d.document
           FROM ddm.manifest_declaration h JOIN ddm.declaration d USING (tenant, identifier)
          WHERE h.tenant = i.tenant AND h.manifest_id = s.manifest_id AND h.identifier = i.identifier AND d.kind = i.kind
            AND i.endpoint = 'declaration'
          LIMIT 1) d ON true
), synced AS (
  UPDATE ddm.device s SET synced_token = coalesce(a.declarations_token, $7), synced_at = $6
    FROM (SELECT DISTINCT ON (tenant, device_id COLLATE "C") tenant, device_id, declarations_token FROM asked
           WHERE endpoint = 'declaration-items' AND is_admitted ORDER BY tenant, device_id COLLATE "C") a
   WHERE s.tenant = a.tenant AND s.device_id = a.device_id
)
SELECT is_enrolled AS "isEnrolled", certificate_hash AS "certificateHash", source, manifest_id IS NOT NULL AS "hasManifest", document
  FROM asked ORDER BY n`,
};
