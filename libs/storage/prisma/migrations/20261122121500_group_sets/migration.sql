-- Sets that groups have. Whose rule it is stays for two days after it was taken back, so that its devices lose the set.
CREATE TABLE ddm.group_set (
  tenant     text NOT NULL,
  group_name text COLLATE "C" NOT NULL,
  set_name   text COLLATE "C" NOT NULL,
  cause      text NOT NULL,                      -- under which members have the set
  is_given   boolean NOT NULL,                   -- false: taken back
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, group_name, set_name)
);
ALTER TABLE ddm.group_set OWNER TO lamp_ddm;
CREATE VIEW ddm.group_set_v1 AS
  SELECT tenant, group_name, set_name, cause, is_given, changed_at FROM ddm.group_set;
ALTER VIEW ddm.group_set_v1 OWNER TO lamp_ddm;
GRANT SELECT ON ddm.group_set_v1 TO lamp_admin_api, lamp_update_scheduler;

-- Its devices that were not told since are told whether anything changed for them or not: somebody asked for it then.
ALTER TABLE ddm.changed_manifest ADD COLUMN asked_at timestamptz;
