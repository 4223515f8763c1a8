-- Groups of devices, by rules over their facts. What former versions said stands in spec_version. Who is a member is nowhere stored.
CREATE TABLE update_scheduler.device_group (
  tenant     text NOT NULL,
  name       text NOT NULL,
  version    int NOT NULL,
  spec       jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, name)
);
CREATE VIEW update_scheduler.device_group_v1 AS SELECT * FROM update_scheduler.device_group;
ALTER TABLE update_scheduler.device_group OWNER TO lamp_update_scheduler;
ALTER VIEW update_scheduler.device_group_v1 OWNER TO lamp_update_scheduler;
GRANT SELECT ON update_scheduler.device_group_v1 TO lamp_admin_api;
