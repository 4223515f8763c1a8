import type { Statement } from '@lamplighter/runtime';

const COLUMNS = `m.manifest_id AS "manifestId", m.set_ids AS "setIds", m.capabilities_id AS "capabilitiesId",
       m.declarations_token AS "declarationsToken", m.tokens_document AS "tokensDocument"`;

/** $1 tenant, $2 manifest ids */
export const findManifests: Statement = {
  name: 'ddm-find-manifests',
  text: `SELECT ${COLUMNS} FROM ddm.manifest m WHERE m.tenant = $1 AND m.manifest_id = ANY($2)`,
};

/** Sets, and those that hold declarations. $1 tenant, $2 set ids, $3 identifiers */
const setsOf = (union: string): string => `
       SELECT u.set_id FROM unnest($2::uuid[]) AS u(set_id)
        ${union} SELECT d.set_id FROM ddm.set_declaration d WHERE d.tenant = $1 AND d.identifier = ANY($3::text[])`;

/**
 * `isMore`: there may be more sets or manifests than these. Without any manifest a row that names none.
 *
 * Plan: index scans on set_declaration_identifier and manifest_set_pkey that stop at the limit, and manifest_pkey for each.
 *
 * $1 tenant, $2 set ids, $3 identifiers, $4 limit
 */
export const manifestsOfSets: Statement = {
  name: 'ddm-manifests-of-sets',
  text: `
WITH sets AS MATERIALIZED (SELECT set_id FROM (${setsOf('UNION ALL')}) s LIMIT $4 + 1), held AS MATERIALIZED (
  SELECT DISTINCT h.manifest_id
    FROM sets s
   CROSS JOIN LATERAL (
         SELECT h.manifest_id FROM ddm.manifest_set h WHERE h.tenant = $1 AND h.set_id = s.set_id LIMIT $4 + 1) h
)
SELECT n.sets > $4 OR n.manifests > $4 AS "isMore", ${COLUMNS}
  FROM (SELECT (SELECT count(*) FROM sets) AS sets, (SELECT count(*) FROM held) AS manifests) n
  LEFT JOIN ((SELECT manifest_id FROM held LIMIT $4) h
             CROSS JOIN LATERAL (
                   SELECT m.* FROM ddm.manifest m WHERE m.tenant = $1 AND m.manifest_id = h.manifest_id LIMIT 1) m) ON true`,
};

/**
 * Sorted by the key: others that write the same manifests do so in the same order.
 *
 * $1 tenant, $2 now; $3 manifest ids, $4 set ids (JSON arrays), $5 capabilities ids, $6 tokens, $7 tokens documents, $8 items documents,
 * $9 left out, $10 identifiers (JSON arrays)
 */
export const putManifests: Statement = {
  name: 'ddm-put-manifests',
  text: `
WITH given AS MATERIALIZED (
  SELECT * FROM unnest($3::uuid[], $4::jsonb[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::jsonb[], $10::jsonb[])
         AS g(manifest_id, set_ids, capabilities_id, token, tokens, items, left_out, identifiers)
), put AS (
  INSERT INTO ddm.manifest
         (tenant, manifest_id, set_ids, capabilities_id, declarations_token, tokens_document, items_document, left_out, changed_at)
  SELECT $1, manifest_id, ARRAY(SELECT jsonb_array_elements_text(set_ids)::uuid), capabilities_id, token, tokens, items,
         ARRAY(SELECT jsonb_array_elements_text(left_out)), $2::timestamptz
    FROM given ORDER BY manifest_id
  ON CONFLICT (tenant, manifest_id) DO UPDATE
     SET declarations_token = EXCLUDED.declarations_token, tokens_document = EXCLUDED.tokens_document,
         items_document = EXCLUDED.items_document, left_out = EXCLUDED.left_out, changed_at = EXCLUDED.changed_at
), sets AS (
  INSERT INTO ddm.manifest_set (tenant, set_id, manifest_id)
  SELECT $1, s::uuid, manifest_id FROM given CROSS JOIN LATERAL jsonb_array_elements_text(set_ids) AS s
  ON CONFLICT DO NOTHING
), gone AS (
  DELETE FROM ddm.manifest_declaration d USING given g
   WHERE d.tenant = $1 AND d.manifest_id = g.manifest_id AND NOT g.identifiers ? d.identifier
)
INSERT INTO ddm.manifest_declaration (tenant, manifest_id, identifier)
SELECT $1, manifest_id, i FROM given CROSS JOIN LATERAL jsonb_array_elements_text(identifiers) AS i
ON CONFLICT DO NOTHING`,
};

/** $1 tenant, $2 capabilities ids */
export const findCapabilities: Statement = {
  name: 'ddm-find-capabilities',
  text: `
SELECT capabilities_id AS "capabilitiesId", declarations FROM ddm.capabilities WHERE tenant = $1 AND capabilities_id = ANY($2)`,
};

/** One that is being told of already begins anew. $1 tenant, $2 manifest ids, $3 asked at */
export const markChanged: Statement = {
  name: 'ddm-mark-changed',
  text: `
INSERT INTO ddm.changed_manifest AS c (tenant, manifest_id, told_up_to, asked_at)
SELECT $1, m, '', $3::timestamptz FROM unnest($2::uuid[]) AS m
ON CONFLICT (tenant, manifest_id) DO UPDATE SET told_up_to = '', asked_at = coalesce(EXCLUDED.asked_at, c.asked_at)`,
};

/** One that is being renewed already begins anew. $1 tenant, $2 set ids, $3 identifiers, $4 whether devices are told, $5 asked at */
export const noteChangedSets: Statement = {
  name: 'ddm-note-changed-sets',
  text: `
INSERT INTO ddm.changed_set AS c (tenant, set_id, renewed_up_to, is_told, asked_at)
SELECT $1, s.set_id, '00000000-0000-0000-0000-000000000000'::uuid, $4::boolean, $5::timestamptz FROM (${setsOf('UNION')}) s
ON CONFLICT (tenant, set_id) DO UPDATE
   SET renewed_up_to = EXCLUDED.renewed_up_to, is_told = c.is_told OR EXCLUDED.is_told, asked_at = coalesce(EXCLUDED.asked_at, c.asked_at)`,
};

/**
 * A page of the manifests of changed sets, each set's in order of their ids. Sets that have no more after the page come off the list.
 *
 * Plan: manifest_set_pkey from `renewed_up_to` on for each set until the page is full, then manifest_pkey for each, and one probe of
 * manifest_set_pkey for each set that was looked at.
 *
 * $1 tenant, $2 limit
 */
export const takeRenewal: Statement = {
  name: 'ddm-take-renewal',
  text: `
WITH next AS MATERIALIZED (
  SELECT c.set_id, c.renewed_up_to, c.is_told, c.asked_at
    FROM ddm.changed_set c WHERE c.tenant = $1 ORDER BY c.set_id LIMIT $2
), page AS MATERIALIZED (
  SELECT n.set_id, n.is_told, n.asked_at, s.manifest_id
    FROM next n
   CROSS JOIN LATERAL (
         SELECT s.manifest_id FROM ddm.manifest_set s
          WHERE s.tenant = $1 AND s.set_id = n.set_id AND s.manifest_id > n.renewed_up_to
          ORDER BY s.manifest_id LIMIT $2) s
   LIMIT $2
), left_over AS MATERIALIZED (
  SELECT n.set_id, coalesce(p.up_to, n.renewed_up_to) AS up_to
    FROM next n
    LEFT JOIN (SELECT set_id, (array_agg(manifest_id ORDER BY manifest_id DESC))[1] AS up_to FROM page GROUP BY set_id) p USING (set_id)
   WHERE EXISTS (SELECT FROM ddm.manifest_set s
                  WHERE s.tenant = $1 AND s.set_id = n.set_id AND s.manifest_id > coalesce(p.up_to, n.renewed_up_to))
), moved AS (
  UPDATE ddm.changed_set c SET renewed_up_to = l.up_to
    FROM left_over l WHERE c.tenant = $1 AND c.set_id = l.set_id AND c.renewed_up_to <> l.up_to
), done AS (
  DELETE FROM ddm.changed_set c USING next n
   WHERE c.tenant = $1 AND c.set_id = n.set_id AND NOT EXISTS (SELECT FROM left_over l WHERE l.set_id = n.set_id)
)
SELECT p.is_told AS "isTold", p.asked_at AS "askedAt", ${COLUMNS}
  FROM (SELECT count(*) FROM next HAVING count(*) > 0) any_set
  LEFT JOIN ((SELECT manifest_id, bool_or(is_told) AS is_told, max(asked_at) AS asked_at FROM page GROUP BY manifest_id) p
             JOIN ddm.manifest m ON m.tenant = $1 AND m.manifest_id = p.manifest_id) ON true`,
};

/** From tenant to tenant by the key: a large change has as many rows as manifests. */
const tenantsOf = (table: string, name: string): string => `${name} AS (
  (SELECT tenant FROM ${table} ORDER BY tenant LIMIT 1)
   UNION ALL
  SELECT (SELECT c.tenant FROM ${table} c WHERE c.tenant > ${name}.tenant ORDER BY c.tenant LIMIT 1) FROM ${name} WHERE ${name}.tenant IS NOT NULL
)`;

export const tenantsWithChanges: Statement = {
  name: 'ddm-tenants-with-changes',
  text: `
WITH RECURSIVE ${tenantsOf('ddm.changed_manifest', 'told')}, ${tenantsOf('ddm.changed_set', 'renewed')}
SELECT tenant FROM told WHERE tenant IS NOT NULL UNION SELECT tenant FROM renewed WHERE tenant IS NOT NULL`,
};

/**
 * A page of the devices of changed manifests, in order of their ids: those that were told something else, or not since it was asked
 * that all be told, are noted as told. Manifests that have no more devices after the page come off the list.
 *
 * Plan: device_manifest from `told_up_to` on for each manifest until the page is full, then device_pkey for each that is told, and one
 * probe of device_manifest for each manifest that was looked at.
 *
 * $1 tenant, $2 limit, $3 now, $4 token of nothing
 */
export const takeChanged: Statement = {
  name: 'ddm-take-changed',
  text: `
WITH next AS MATERIALIZED (
  SELECT c.manifest_id, c.told_up_to, c.asked_at, m.declarations_token AS token
    FROM ddm.changed_manifest c LEFT JOIN ddm.manifest m USING (tenant, manifest_id)
   WHERE c.tenant = $1 ORDER BY c.manifest_id LIMIT $2
), page AS MATERIALIZED (
  SELECT d.device_id, n.manifest_id, n.token, n.asked_at
    FROM next n
   CROSS JOIN LATERAL (
         SELECT d.device_id FROM ddm.device d
          WHERE d.tenant = $1 AND d.manifest_id = n.manifest_id AND d.device_id > n.told_up_to
          ORDER BY d.device_id LIMIT $2) d
   LIMIT $2
), told AS (
  UPDATE ddm.device d SET told_token = p.token, told_count = d.told_count + 1, told_at = $3
    FROM page p
   WHERE d.tenant = $1 AND d.device_id = p.device_id
     AND (coalesce(d.told_token, $4) <> p.token OR coalesce(d.told_at, '-infinity') < p.asked_at)
  RETURNING d.device_id, d.manifest_id, d.told_count
), reached AS MATERIALIZED (
  SELECT n.manifest_id, coalesce(p.up_to, n.told_up_to) AS up_to
    FROM next n LEFT JOIN (SELECT manifest_id, max(device_id) AS up_to FROM page GROUP BY manifest_id) p USING (manifest_id)
), left_over AS MATERIALIZED (
  SELECT r.* FROM reached r
   WHERE EXISTS (SELECT FROM ddm.device d WHERE d.tenant = $1 AND d.manifest_id = r.manifest_id AND d.device_id > r.up_to)
), moved AS (
  UPDATE ddm.changed_manifest c SET told_up_to = l.up_to
    FROM left_over l WHERE c.tenant = $1 AND c.manifest_id = l.manifest_id AND c.told_up_to <> l.up_to
), done AS (
  DELETE FROM ddm.changed_manifest c USING next n
   WHERE c.tenant = $1 AND c.manifest_id = n.manifest_id AND NOT EXISTS (SELECT FROM left_over l WHERE l.manifest_id = n.manifest_id)
)
SELECT n.manifest_id AS "manifestId", t.device_id AS "deviceId", t.told_count AS "toldCount"
  FROM next n LEFT JOIN told t USING (manifest_id) ORDER BY 1, 2`,
};

/** $1 tenant, $2 devices, $3 now, $4 devices a second */
export const book: Statement = {
  name: 'ddm-book',
  text: `
INSERT INTO ddm.pace AS p (tenant, next_at) VALUES ($1, $3::timestamptz + $2::int / $4::float8 * interval '1 second')
ON CONFLICT (tenant) DO UPDATE
   SET next_at = greatest(p.next_at, $3::timestamptz) + $2::int / $4::float8 * interval '1 second'
RETURNING next_at - $2::int / $4::float8 * interval '1 second' AS from`,
};

export const tenants: Statement = {
  text: 'SELECT tenant FROM ddm.declaration_set UNION SELECT tenant FROM ddm.capabilities',
};

/**
 * What was withdrawn is remembered for as long as an older order may still arrive. A page: a fleet's would keep the tenant's turn for long.
 *
 * $1 tenant, $2 before, $3 limit
 */
export const clearWithdrawn: Statement = {
  name: 'ddm-clear-withdrawn',
  text: `
DELETE FROM ddm.assignment
 WHERE ctid = ANY (ARRAY(SELECT ctid FROM ddm.assignment WHERE tenant = $1 AND set_id IS NULL AND sent_at < $2 LIMIT $3))
RETURNING device_id`,
};

/**
 * Each removes a page of what nobody has any more, and tells how many: a fleet's would keep the tenant's turn for long.
 *
 * $1 tenant, $2 before, $3 limit
 */
export const clearing: readonly Statement[] = [
  {
    text: `
WITH gone AS (
  DELETE FROM ddm.withdrawn_cause
   WHERE ctid = ANY (ARRAY(SELECT ctid FROM ddm.withdrawn_cause WHERE tenant = $1 AND withdrawn_at < $2 LIMIT $3))
  RETURNING cause
)
SELECT count(*)::int AS count FROM gone`,
  },
  {
    text: `
WITH gone AS (
  DELETE FROM ddm.manifest
   WHERE ctid = ANY (ARRAY(
         SELECT m.ctid FROM ddm.manifest m
          WHERE m.tenant = $1 AND m.changed_at < $2
            AND NOT EXISTS (SELECT FROM ddm.device d WHERE d.tenant = $1 AND d.manifest_id = m.manifest_id) LIMIT $3))
  RETURNING manifest_id, set_ids
), sets AS (
  DELETE FROM ddm.manifest_set s USING gone g WHERE s.tenant = $1 AND s.set_id = ANY (g.set_ids) AND s.manifest_id = g.manifest_id
), held AS (
  DELETE FROM ddm.manifest_declaration d USING gone g WHERE d.tenant = $1 AND d.manifest_id = g.manifest_id
)
SELECT count(*)::int AS count FROM gone`,
  },
  {
    text: `
WITH gone AS (
  DELETE FROM ddm.declaration_set
   WHERE ctid = ANY (ARRAY(
         SELECT s.ctid FROM ddm.declaration_set s
          WHERE s.tenant = $1 AND s.name IS NULL AND s.created_at < $2
            AND NOT EXISTS (SELECT FROM ddm.manifest_set m WHERE m.tenant = $1 AND m.set_id = s.set_id) LIMIT $3))
  RETURNING set_id
), held AS (
  DELETE FROM ddm.set_declaration d USING gone g WHERE d.tenant = $1 AND d.set_id = g.set_id
)
SELECT count(*)::int AS count FROM gone`,
  },
  {
    text: `
WITH gone AS (
  DELETE FROM ddm.declaration
   WHERE ctid = ANY (ARRAY(
         SELECT d.ctid FROM ddm.declaration d
          WHERE d.tenant = $1 AND NOT d.is_kept AND d.sent_at < $2
            AND NOT EXISTS (SELECT FROM ddm.set_declaration s WHERE s.tenant = $1 AND s.identifier = d.identifier) LIMIT $3))
  RETURNING identifier
)
SELECT count(*)::int AS count FROM gone`,
  },
];

/** What devices say of themselves must not fill the table. Plan: the fleet's devices, hashed. $1 tenant */
export const clearCapabilities: Statement = {
  name: 'ddm-clear-capabilities',
  text: `
DELETE FROM ddm.capabilities c
 WHERE c.tenant = $1
   AND c.capabilities_id NOT IN (
       SELECT d.capabilities_id FROM ddm.device d WHERE d.tenant = $1 AND d.capabilities_id IS NOT NULL
        UNION SELECT d.presumed_id FROM ddm.device d WHERE d.tenant = $1 AND d.presumed_id IS NOT NULL
        UNION SELECT m.capabilities_id FROM ddm.manifest m WHERE m.tenant = $1 AND m.capabilities_id IS NOT NULL)`,
};
