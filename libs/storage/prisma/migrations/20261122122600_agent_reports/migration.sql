-- What agents on devices reported last: one row a device.
CREATE TABLE status_ingestion.agent_report (
  tenant      text NOT NULL,
  device_id   text COLLATE "C" NOT NULL,
  reported_at timestamptz NOT NULL,
  facts       jsonb NOT NULL,                    -- AgentFacts of the contract agent.reported
  PRIMARY KEY (tenant, device_id)
);
ALTER TABLE status_ingestion.agent_report OWNER TO lamp_status_ingestion;
CREATE VIEW status_ingestion.agent_report_v1 AS
  SELECT tenant, device_id, reported_at, facts FROM status_ingestion.agent_report;
ALTER VIEW status_ingestion.agent_report_v1 OWNER TO lamp_status_ingestion;
GRANT SELECT ON status_ingestion.agent_report_v1 TO lamp_admin_api;
