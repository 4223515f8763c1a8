import type { Statement } from '@lamplighter/runtime';

/** $1 tenant, $2 causes */
export const withdrawnAt: Statement = {
  name: 'ddm-withdrawn-at',
  text: 'SELECT cause, withdrawn_at AS at FROM ddm.withdrawn_cause WHERE tenant = $1 AND cause = ANY($2)',
};

/** $1 tenant, $2 cause, $3 at */
export const refuseCause: Statement = {
  text: `
INSERT INTO ddm.withdrawn_cause AS w (tenant, cause, withdrawn_at) VALUES ($1, $2, $3)
ON CONFLICT (tenant, cause) DO UPDATE SET withdrawn_at = greatest(w.withdrawn_at, EXCLUDED.withdrawn_at)`,
};

/** Sorted by the key: neighbours share index pages. What is the same already is not written again. */
const assignTo = (devices: string): string => `
INSERT INTO ddm.assignment AS a (tenant, device_id, cause, set_id, sent_at)
SELECT $1, g.device_id, $3, $4::uuid, $5::timestamptz
  FROM (SELECT ${devices} u.device_id COLLATE "C" AS device_id FROM unnest($2::text[]) AS u(device_id) ORDER BY 1) g
ON CONFLICT (tenant, device_id, cause) DO UPDATE SET set_id = EXCLUDED.set_id, sent_at = EXCLUDED.sent_at
 WHERE a.sent_at < EXCLUDED.sent_at OR (a.sent_at = EXCLUDED.sent_at AND a.set_id IS DISTINCT FROM EXCLUDED.set_id)`;

/** $1 tenant, $2 device ids, $3 cause, $4 set id, $5 sent at */
export const assign: Statement = { name: 'ddm-assign', text: assignTo('DISTINCT') };

/**
 * A device has a set as long as its manifest does: from the cause's sets by manifest_set_pkey to manifests, by device_manifest to their
 * devices. An index of assignments by set would be written with each of them.
 *
 * $1 tenant, $2 cause, $3 at, $4 limit
 */
export const withdrawFromAll: Statement = {
  name: 'ddm-withdraw-from-all',
  text: `
WITH manifest AS MATERIALIZED (
  SELECT DISTINCT m.manifest_id
    FROM ddm.declaration_set s JOIN ddm.manifest_set m USING (tenant, set_id)
   WHERE s.tenant = $1 AND s.cause = $2
), page AS MATERIALIZED (
  SELECT d.device_id
    FROM manifest m
   CROSS JOIN LATERAL (
         SELECT d.device_id FROM ddm.device d
          WHERE d.tenant = $1 AND d.manifest_id = m.manifest_id
            AND EXISTS (SELECT FROM ddm.assignment a
                         WHERE a.tenant = $1 AND a.device_id = d.device_id AND a.cause = $2 AND a.set_id IS NOT NULL AND a.sent_at <= $3)
          LIMIT $4) d
   LIMIT $4
)
UPDATE ddm.assignment a SET set_id = NULL, sent_at = $3
  FROM page WHERE a.tenant = $1 AND a.device_id = page.device_id AND a.cause = $2
RETURNING a.device_id AS "deviceId"`,
};

/** $1 tenant, $2 cause, $3 at, $4 device ids */
export const withdrawFrom: Statement = {
  name: 'ddm-withdraw-from',
  text: `
INSERT INTO ddm.assignment AS a (tenant, device_id, cause, set_id, sent_at)
SELECT $1, d, $2, NULL, $3 FROM (SELECT DISTINCT d FROM unnest($4::text[]) AS d) AS given(d) ORDER BY d COLLATE "C"
ON CONFLICT (tenant, device_id, cause) DO UPDATE SET set_id = NULL, sent_at = EXCLUDED.sent_at
 WHERE a.sent_at <= EXCLUDED.sent_at
RETURNING a.device_id AS "deviceId"`,
};

/** $1 tenant, $2 device id, $3 beginning */
export const causesOf: Statement = {
  text: `
SELECT cause FROM ddm.assignment
 WHERE tenant = $1 AND device_id = $2 AND set_id IS NOT NULL AND starts_with(cause, $3)`,
};

/** Of sets (sorted) and capabilities. */
const MANIFEST_ID = `
  substr(encode(sha256(convert_to(array_to_string(set_ids, ' ') || ' ' || coalesce(capabilities_id::text, ''), 'UTF8')), 'hex'),
         1, 32)::uuid`;

/**
 * Gives each device the manifest of its sets and capabilities and notes whom to tell, in one pass. Devices whose combination has
 * no manifest yet are left as they are; the combination is returned instead. The turn of the tenant keeps others from changing
 * what is read here.
 *
 * Plan: for each device an index scan on assignment_pkey (OFFSET keeps the planner from reading the fleet) and one on device_pkey;
 * for each combination one on manifest_pkey; one write of each device that changes. A set that a device has for several causes
 * counts once.
 *
 * $1 tenant, $2 device ids, $3 now, $4 token of nothing, $5 whom to tell: changed, all, none
 */
export const arrange: Statement = {
  name: 'ddm-arrange',
  text: `
WITH given AS MATERIALIZED (
  SELECT d.device_id, array_agg(DISTINCT a.set_id ORDER BY a.set_id) FILTER (WHERE a.set_id IS NOT NULL) AS set_ids
    FROM (SELECT DISTINCT u.device_id COLLATE "C" AS device_id FROM unnest($2::text[]) AS u(device_id) ORDER BY 1) d
    LEFT JOIN LATERAL (
         SELECT a.set_id FROM ddm.assignment a
          WHERE a.tenant = $1 AND a.device_id = d.device_id AND a.set_id IS NOT NULL OFFSET 0) a ON true
   GROUP BY d.device_id
), wanted AS MATERIALIZED (
  SELECT g.device_id, g.set_ids, coalesce(s.capabilities_id, s.presumed_id) AS capabilities_id, s.manifest_id AS former, s.told_token, coalesce(s.told_count, 0) AS told_count
    FROM given g
    LEFT JOIN LATERAL (
         SELECT s.capabilities_id, s.presumed_id, s.manifest_id, s.told_token, s.told_count FROM ddm.device s
          WHERE s.tenant = $1 AND s.device_id = g.device_id LIMIT 1) s ON true
), combined AS MATERIALIZED (
  SELECT set_ids, capabilities_id, ${MANIFEST_ID} AS manifest_id
    FROM (SELECT DISTINCT set_ids, capabilities_id FROM wanted WHERE set_ids IS NOT NULL) w
), keyed AS (
  SELECT w.*, c.manifest_id
    FROM wanted w LEFT JOIN combined c ON c.set_ids = w.set_ids AND c.capabilities_id IS NOT DISTINCT FROM w.capabilities_id
), known AS MATERIALIZED (
  SELECT m.manifest_id, m.declarations_token
    FROM combined k
   CROSS JOIN LATERAL (
         SELECT m.manifest_id, m.declarations_token FROM ddm.manifest m
          WHERE m.tenant = $1 AND m.manifest_id = k.manifest_id LIMIT 1) m
), judged AS MATERIALIZED (
  SELECT k.*, m.token, k.manifest_id IS NOT NULL AND m.token IS NULL AS is_missing,
         CASE $5 WHEN 'all' THEN true WHEN 'none' THEN false
                 ELSE coalesce(k.told_token, $4) <> coalesce(m.token, $4) END AS is_told
    FROM keyed k LEFT JOIN (SELECT manifest_id, declarations_token AS token FROM known) m USING (manifest_id)
), written AS (
  INSERT INTO ddm.device AS s (tenant, device_id, manifest_id, told_token, told_count, told_at)
  SELECT $1, device_id, manifest_id, CASE WHEN is_told THEN coalesce(token, $4) ELSE told_token END,
         told_count + is_told::int, CASE WHEN is_told THEN $3::timestamptz END
    FROM judged
   WHERE NOT is_missing AND (is_told OR manifest_id IS DISTINCT FROM former)
   ORDER BY device_id COLLATE "C"
  ON CONFLICT (tenant, device_id) DO UPDATE
     SET manifest_id = EXCLUDED.manifest_id, told_token = EXCLUDED.told_token, told_count = EXCLUDED.told_count,
         told_at = coalesce(EXCLUDED.told_at, s.told_at)
)
SELECT manifest_id AS "manifestId", json_agg(device_id) AS "deviceIds", json_agg(told_count + 1) AS "toldCounts",
       NULL::uuid[] AS "setIds", NULL::uuid AS "capabilitiesId"
  FROM judged WHERE is_told AND NOT is_missing GROUP BY manifest_id
 UNION ALL
SELECT manifest_id, NULL, NULL, set_ids, capabilities_id
  FROM (SELECT DISTINCT manifest_id, set_ids, capabilities_id FROM judged WHERE is_missing) missing`,
};

/**
 * Assigns a cause's own set and moves each device from its manifest to the one that differs by that set alone, in one pass: nothing is
 * read but the device, since a cause's set tells its cause. What `assign` leaves as it is stays; otherwise as `arrange`. Devices whose
 * combination has no manifest yet have their assignment and are left to `arrange`.
 *
 * Plan: for each device one write by assignment_pkey, one index scan on device_pkey, one write of the device; for each former manifest
 * among them one index scan on manifest_pkey and on the next one's, and on declaration_set_pkey for each of its sets.
 *
 * $1 tenant, $2 device ids, none twice, $3 cause, $4 set id, $5 sent at, $6 now, $7 token of nothing, $8 whom to tell: changed, none
 */
export const give: Statement = {
  name: 'ddm-give',
  text: `
WITH assigned AS (${assignTo('')}
  RETURNING a.device_id
), held AS MATERIALIZED (
  SELECT g.device_id, s.manifest_id AS former, coalesce(s.capabilities_id, s.presumed_id) AS capabilities_id, s.told_token, coalesce(s.told_count, 0) AS told_count
    FROM assigned g
    LEFT JOIN LATERAL (
         SELECT s.capabilities_id, s.presumed_id, s.manifest_id, s.told_token, s.told_count FROM ddm.device s
          WHERE s.tenant = $1 AND s.device_id = g.device_id LIMIT 1) s ON true
), combined AS MATERIALIZED (
  SELECT c.former, c.set_ids, c.capabilities_id, ${MANIFEST_ID} AS manifest_id
    FROM (
      SELECT f.former, f.capabilities_id, ARRAY(
               SELECT s.set_id
                 FROM ddm.manifest m
                CROSS JOIN LATERAL unnest(m.set_ids) AS u(set_id)
                CROSS JOIN LATERAL (
                      SELECT s.set_id, s.cause FROM ddm.declaration_set s
                       WHERE s.tenant = $1 AND s.set_id = u.set_id LIMIT 1) s
                WHERE m.tenant = $1 AND m.manifest_id = f.former AND s.cause IS DISTINCT FROM $3
                UNION SELECT $4::uuid ORDER BY 1) AS set_ids
        FROM (SELECT DISTINCT former, capabilities_id FROM held) f OFFSET 0) c
), known AS MATERIALIZED (
  SELECT k.*, m.token
    FROM combined k
    LEFT JOIN LATERAL (
         SELECT m.declarations_token AS token FROM ddm.manifest m
          WHERE m.tenant = $1 AND m.manifest_id = k.manifest_id LIMIT 1) m ON true
), written AS (
  INSERT INTO ddm.device AS s (tenant, device_id, manifest_id, told_token, told_count, told_at)
  SELECT $1, h.device_id, k.manifest_id, CASE WHEN t.is_told THEN k.token ELSE h.told_token END, h.told_count + t.is_told::int,
         CASE WHEN t.is_told THEN $6::timestamptz END
    FROM held h
    JOIN known k ON k.former IS NOT DISTINCT FROM h.former AND k.capabilities_id IS NOT DISTINCT FROM h.capabilities_id
   CROSS JOIN LATERAL (SELECT $8 = 'changed' AND coalesce(h.told_token, $7) <> k.token AS is_told) t
   WHERE k.token IS NOT NULL AND (t.is_told OR k.manifest_id IS DISTINCT FROM h.former)
  ON CONFLICT (tenant, device_id) DO UPDATE
     SET manifest_id = EXCLUDED.manifest_id, told_token = EXCLUDED.told_token, told_count = EXCLUDED.told_count,
         told_at = coalesce(EXCLUDED.told_at, s.told_at)
  RETURNING s.device_id, s.manifest_id, s.told_count, s.told_at
)
SELECT manifest_id AS "manifestId", json_agg(device_id) AS "deviceIds", json_agg(told_count) AS "toldCounts",
       NULL::uuid[] AS "setIds", NULL::uuid AS "capabilitiesId"
  FROM written WHERE told_at = $6 GROUP BY manifest_id
 UNION ALL
SELECT manifest_id, NULL, NULL, set_ids, capabilities_id FROM known WHERE token IS NULL`,
};

/** A manifest and whom of its devices to tell; or a combination that has none. */
export interface ArrangeRecord {
  manifestId: string | null;
  deviceIds: string[] | null;
  toldCounts: number[] | null;
  setIds: string[] | null;
  capabilitiesId: string | null;
}

/** $1 tenant, $2 device ids, $3 generations, $4 when they enrolled */
export const forget: Statement = {
  name: 'ddm-forget',
  text: `
WITH begun AS (
  INSERT INTO ddm.device AS s (tenant, device_id, generation)
  SELECT $1, g.device_id, max(g.generation) FROM unnest($2::text[], $3::int[]) AS g(device_id, generation)
   GROUP BY g.device_id ORDER BY g.device_id COLLATE "C"
  ON CONFLICT (tenant, device_id) DO UPDATE
     SET generation = EXCLUDED.generation, told_token = NULL, synced_token = NULL, synced_at = NULL,
         -- A report may overtake the news of the enrollment: a device tells its capabilities once, and then daily.
         (capabilities_id, reported_at) = (
           SELECT CASE WHEN s.reported_at >= max(g.at) THEN s.capabilities_id END, CASE WHEN s.reported_at >= max(g.at) THEN s.reported_at END
             FROM unnest($2::text[], $4::timestamptz[]) AS g(device_id, at) WHERE g.device_id = EXCLUDED.device_id)
   WHERE s.generation < EXCLUDED.generation
  RETURNING s.device_id
), cleared AS (
  DELETE FROM ddm.declaration_status d USING begun b WHERE d.tenant = $1 AND d.device_id = b.device_id
)
SELECT device_id AS "deviceId" FROM begun`,
};

/** $1 tenant, $2 device ids */
export const forgetTold: Statement = {
  name: 'ddm-forget-told',
  text: `
UPDATE ddm.device SET told_token = synced_token WHERE tenant = $1 AND device_id = ANY($2) AND told_token IS DISTINCT FROM synced_token`,
};

/** $1 tenant, $2 device ids, $3 capabilities ids */
export const setCapabilities: Statement = {
  name: 'ddm-set-capabilities',
  text: `
INSERT INTO ddm.device AS s (tenant, device_id, capabilities_id)
SELECT $1, g.device_id, g.capabilities_id FROM unnest($2::text[], $3::uuid[]) AS g(device_id, capabilities_id)
 ORDER BY g.device_id COLLATE "C"
ON CONFLICT (tenant, device_id) DO UPDATE SET capabilities_id = EXCLUDED.capabilities_id`,
};

/** $1 tenant, $2 device ids, $3 capabilities ids */
export const presumeCapabilities: Statement = {
  name: 'ddm-presume-capabilities',
  text: `
INSERT INTO ddm.device AS s (tenant, device_id, presumed_id)
SELECT $1, g.device_id, g.capabilities_id FROM unnest($2::text[], $3::uuid[]) AS g(device_id, capabilities_id)
 ORDER BY g.device_id COLLATE "C"
ON CONFLICT (tenant, device_id) DO UPDATE SET presumed_id = EXCLUDED.presumed_id`,
};
