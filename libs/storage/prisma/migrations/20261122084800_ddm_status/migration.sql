-- What devices say of themselves over declarative management: the newest word about each status item, and what it means.
CREATE TABLE status_ingestion.device_ddm (
  tenant                 text NOT NULL,
  device_id              text COLLATE "C" NOT NULL,  -- user channels too
  state                  jsonb NOT NULL,             -- {fullAt, items: {name: {at, value}}, errors: {name: {at, reasons}}}, epoch milliseconds
  reported_at            timestamptz,                -- of the newest report
  full_report_at         timestamptz,
  supports_enforcement   boolean,                    -- softwareupdate.enforcement.specific; NULL until the device has told its capabilities
  declaration_types      text[],
  status_items           text[],
  install_state          text,                       -- none | waiting | downloading | prepared | installing | failed | what later OS versions say
  pending_version        text,
  pending_build          text,
  target_local_date_time text,
  failure_count          bigint,
  failure_reason         text,
  failure_at             timestamptz,
  install_reasons        text[],
  declaration_id         text,
  beta_enrollment        text,
  declarations           jsonb,                      -- [{identifier, serverToken, active, valid, reasons: [{code, description}]}]
  updated_at             timestamptz NOT NULL,
  PRIMARY KEY (tenant, device_id)
) WITH (fillfactor = 80);
ALTER TABLE status_ingestion.device_ddm OWNER TO lamp_status_ingestion;

-- ddm_enabled: it has reported since it enrolled. A re-enrolled device has forgotten its declarations until it syncs again.
CREATE VIEW status_ingestion.device_ddm_v1 AS
  SELECT s.tenant, s.device_id,
         s.reported_at IS NOT NULL AND (d.device_id IS NULL OR coalesce(d.enrolled AND s.reported_at >= d.enrolled_at, false)) AS ddm_enabled,
         s.reported_at, s.full_report_at, s.supports_enforcement, s.declaration_types, s.status_items, s.install_state,
         s.pending_version, s.pending_build, s.target_local_date_time, s.failure_count, s.failure_reason, s.failure_at,
         s.install_reasons, s.declaration_id, s.beta_enrollment, s.declarations,
         s.state->'items' AS items, s.state->'errors' AS errors, s.updated_at
    FROM status_ingestion.device_ddm s
    LEFT JOIN status_ingestion.device d ON d.tenant = s.tenant AND d.device_id = s.device_id;
ALTER VIEW status_ingestion.device_ddm_v1 OWNER TO lamp_status_ingestion;
GRANT SELECT ON status_ingestion.device_ddm_v1 TO lamp_update_scheduler, lamp_ddm, lamp_admin_api;
