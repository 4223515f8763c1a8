import type { Statement } from '@lamplighter/runtime';

/** $1 tenants, $2 device ids, $3 report ids, $4 instants, $5 reports */
export const addReports: Statement = {
  name: 'ddm-add-reports',
  text: `
INSERT INTO ddm.status_report (tenant, device_id, report_id, at, report)
SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::jsonb[])
ON CONFLICT DO NOTHING RETURNING report_id AS "reportId"`,
};

/** Index scan on device_pkey for each. $1 tenants, $2 device ids */
export const capabilitiesOf: Statement = {
  name: 'ddm-capabilities-of',
  text: `
SELECT s.capabilities_id AS "capabilitiesId"
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS g(tenant, device_id, n)
  LEFT JOIN LATERAL (
       SELECT s.capabilities_id FROM ddm.device s WHERE s.tenant = g.tenant AND s.device_id = g.device_id LIMIT 1) s ON true
 ORDER BY g.n`,
};

/** $1 tenants, $2 ids, $3 declarations, $4 status items (JSON arrays) */
export const addCapabilities: Statement = {
  name: 'ddm-add-capabilities',
  text: `
INSERT INTO ddm.capabilities (tenant, capabilities_id, declarations, status_items)
SELECT g.tenant, g.id, ARRAY(SELECT jsonb_array_elements_text(g.declarations)), ARRAY(SELECT jsonb_array_elements_text(g.items))
  FROM unnest($1::text[], $2::uuid[], $3::jsonb[], $4::jsonb[]) AS g(tenant, id, declarations, items)
 ORDER BY g.tenant, g.id
ON CONFLICT DO NOTHING`,
};

/** $1 tenants, $2 device ids, $3 instants */
export const noteReported: Statement = {
  name: 'ddm-note-reported',
  text: `
INSERT INTO ddm.device AS s (tenant, device_id, reported_at)
SELECT g.tenant, g.device_id, max(g.at) FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS g(tenant, device_id, at)
 GROUP BY 1, 2 ORDER BY g.tenant, g.device_id COLLATE "C"
ON CONFLICT (tenant, device_id) DO UPDATE SET reported_at = EXCLUDED.reported_at
 WHERE s.reported_at IS NULL OR s.reported_at < EXCLUDED.reported_at`,
};

/**
 * What a device no longer names of a kind that it reported is gone. Declarations that are not the tenant's are left out: what a
 * device makes up must not fill the table.
 *
 * $1 tenants, $2 device ids, $3 instants, $4 kinds (JSON arrays), of the devices;
 * $5 numbers of the devices from 1, $6 kinds, $7 identifiers, $8 tokens, $9 active, $10 valid, $11 reasons, of the statuses
 */
export const setStatuses: Statement = {
  name: 'ddm-set-statuses',
  text: `
WITH device AS MATERIALIZED (
  SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::jsonb[]) WITH ORDINALITY AS g(tenant, device_id, at, kinds, n)
), status AS MATERIALIZED (
  SELECT d.tenant, d.device_id, d.at, g.*
    FROM unnest($5::int[], $6::text[], $7::text[], $8::text[], $9::boolean[], $10::text[], $11::jsonb[])
         AS g(n, kind, identifier, server_token, active, valid, reasons)
    JOIN device d ON d.n = g.n
), gone AS (
  DELETE FROM ddm.declaration_status s USING device d
   WHERE s.tenant = d.tenant AND s.device_id = d.device_id AND d.kinds ? s.kind AND s.reported_at < d.at
     AND NOT EXISTS (SELECT FROM status t WHERE t.n = d.n AND t.kind = s.kind AND t.identifier = s.identifier)
)
INSERT INTO ddm.declaration_status AS s
       (tenant, device_id, kind, identifier, server_token, active, valid, reasons, reported_at)
SELECT t.tenant, t.device_id, t.kind, t.identifier, t.server_token, t.active, t.valid, t.reasons, t.at
  FROM status t
 WHERE EXISTS (SELECT FROM ddm.declaration d WHERE d.tenant = t.tenant AND d.identifier = t.identifier)
 ORDER BY t.tenant, t.device_id COLLATE "C", t.kind, t.identifier
ON CONFLICT (tenant, device_id, kind, identifier) DO UPDATE
   SET server_token = EXCLUDED.server_token, active = EXCLUDED.active, valid = EXCLUDED.valid, reasons = EXCLUDED.reasons,
       reported_at = EXCLUDED.reported_at
 WHERE s.reported_at <= EXCLUDED.reported_at`,
};
