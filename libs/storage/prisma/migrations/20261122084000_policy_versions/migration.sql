-- A rollout runs with the spec of its own version, its named windows written out: a later change of the policy is a later rollout's.
ALTER TABLE update_scheduler.rollout ADD COLUMN spec jsonb;
-- What former versions said was not kept: the newest stands for them.
UPDATE update_scheduler.rollout r SET spec = p.spec FROM update_scheduler.policy p
 WHERE p.tenant = r.tenant AND p.policy_id = r.policy_id;
ALTER TABLE update_scheduler.rollout ALTER COLUMN spec SET NOT NULL;

-- Removed policies stay for the sake of their rollouts; their names are free.
ALTER TABLE update_scheduler.policy ADD COLUMN archived_at timestamptz;
ALTER TABLE update_scheduler.policy DROP CONSTRAINT policy_tenant_name_key;
CREATE UNIQUE INDEX policy_name ON update_scheduler.policy (tenant, name) WHERE archived_at IS NULL;

-- A tenant without a row is not paused.
CREATE TABLE update_scheduler.tenant_state (
  tenant     text PRIMARY KEY,
  paused     boolean NOT NULL,
  updated_at timestamptz NOT NULL,
  updated_by text
);

-- Windows that policies refer to by name.
CREATE TABLE update_scheduler.window (
  tenant     text NOT NULL,
  name       text NOT NULL,
  version    int NOT NULL,
  spec       jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, name)
);

-- What each version of a policy, window or group said.
CREATE TABLE update_scheduler.spec_version (
  tenant     text NOT NULL,
  kind       text NOT NULL,                  -- policy | window | group
  id         text NOT NULL,                  -- of a policy its id, else the name
  version    int NOT NULL,
  name       text NOT NULL,
  spec       jsonb,                          -- null: it was removed
  why        text,                           -- where its own spec did not change: what did
  changed_at timestamptz NOT NULL,
  changed_by text,
  PRIMARY KEY (tenant, kind, id, version)
);
INSERT INTO update_scheduler.spec_version (tenant, kind, id, version, name, spec, changed_at)
SELECT tenant, 'policy', policy_id::text, version, name, spec, updated_at FROM update_scheduler.policy;

CREATE OR REPLACE VIEW update_scheduler.policy_v1 AS
  SELECT tenant, policy_id, name, version, spec, paused, created_at, updated_at, archived_at FROM update_scheduler.policy;
CREATE OR REPLACE VIEW update_scheduler.rollout_v1 AS
  SELECT tenant, rollout_id, policy_id, policy_version, state, created_at, spec FROM update_scheduler.rollout;
CREATE VIEW update_scheduler.tenant_state_v1 AS SELECT * FROM update_scheduler.tenant_state;
CREATE VIEW update_scheduler.window_v1 AS SELECT * FROM update_scheduler.window;
CREATE VIEW update_scheduler.spec_version_v1 AS SELECT * FROM update_scheduler.spec_version;

ALTER TABLE update_scheduler.tenant_state OWNER TO lamp_update_scheduler;
ALTER TABLE update_scheduler.window OWNER TO lamp_update_scheduler;
ALTER TABLE update_scheduler.spec_version OWNER TO lamp_update_scheduler;
ALTER VIEW update_scheduler.tenant_state_v1 OWNER TO lamp_update_scheduler;
ALTER VIEW update_scheduler.window_v1 OWNER TO lamp_update_scheduler;
ALTER VIEW update_scheduler.spec_version_v1 OWNER TO lamp_update_scheduler;
GRANT SELECT ON update_scheduler.tenant_state_v1, update_scheduler.window_v1, update_scheduler.spec_version_v1 TO lamp_admin_api;
