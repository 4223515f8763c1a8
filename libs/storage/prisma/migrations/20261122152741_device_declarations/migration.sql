-- What a device has, and by what it is known what it takes: told by itself, presumed of its OS, or unknown.
CREATE OR REPLACE VIEW ddm.device_v1 AS
  SELECT d.tenant, d.device_id, d.manifest_id, m.declarations_token, m.left_out, d.capabilities_id IS NOT NULL AS has_capabilities,
         d.told_token, d.told_at, d.synced_token, d.synced_at, d.reported_at,
         CASE WHEN d.capabilities_id IS NOT NULL THEN 'told' WHEN d.presumed_id IS NOT NULL THEN 'presumed' ELSE 'unknown' END AS capabilities,
         ARRAY(SELECT h.identifier FROM ddm.manifest_declaration h
                WHERE h.tenant = d.tenant AND h.manifest_id = d.manifest_id ORDER BY h.identifier) AS identifiers
    FROM ddm.device d LEFT JOIN ddm.manifest m USING (tenant, manifest_id);
