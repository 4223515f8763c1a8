-- What a declaration says, once for all devices that have it.
CREATE TABLE ddm.declaration (
  tenant       text NOT NULL,
  identifier   text COLLATE "C" NOT NULL,
  type         text NOT NULL,
  kind         text NOT NULL,                    -- activation | asset | configuration | management
  server_token text NOT NULL,                    -- of type, payload and touched
  touched      int NOT NULL DEFAULT 0,           -- how often it was given another token without another content
  document     text NOT NULL,                    -- as devices get it
  configurations text[] NOT NULL,                -- of an activation: what it puts into effect
  is_kept      boolean NOT NULL,                 -- by an operator; others go once nothing holds them
  sent_at      timestamptz NOT NULL,             -- of the order that holds: an older one changes nothing
  changed_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant, identifier)
);

-- Declarations that are given together. A named set is an operator's; others are made for an assignment.
CREATE TABLE ddm.declaration_set (
  tenant     text NOT NULL,
  set_id     uuid NOT NULL,
  name       text,
  cause      text,                               -- of a set without a name
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, set_id)
);
CREATE UNIQUE INDEX declaration_set_name ON ddm.declaration_set (tenant, name) WHERE name IS NOT NULL;
CREATE INDEX declaration_set_cause ON ddm.declaration_set (tenant, cause) WHERE cause IS NOT NULL;
CREATE TABLE ddm.set_declaration (
  tenant     text NOT NULL,
  set_id     uuid NOT NULL,
  identifier text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, set_id, identifier)
);
CREATE INDEX set_declaration_identifier ON ddm.set_declaration (tenant, identifier);

-- Which set a device has for which cause. Without a set: withdrawn, and remembered so that an older order does not bring it back.
CREATE TABLE ddm.assignment (
  tenant    text NOT NULL,
  device_id text COLLATE "C" NOT NULL,
  cause     text NOT NULL,
  set_id    uuid,
  sent_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant, device_id, cause)
) WITH (fillfactor = 85);
CREATE INDEX assignment_set ON ddm.assignment (tenant, set_id, device_id) WHERE set_id IS NOT NULL;
CREATE TABLE ddm.withdrawn_cause (
  tenant       text NOT NULL,
  cause        text NOT NULL,
  withdrawn_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, cause)
);

-- management.client-capabilities: the same for all devices of an OS version.
CREATE TABLE ddm.capabilities (
  tenant          text NOT NULL,
  capabilities_id uuid NOT NULL,
  declarations    text[] NOT NULL,
  status_items    text[] NOT NULL,
  PRIMARY KEY (tenant, capabilities_id)
);

-- What devices with the same sets and capabilities have: made once, whenever one of its sets changes.
CREATE TABLE ddm.manifest (
  tenant            text NOT NULL,
  manifest_id       uuid NOT NULL,               -- of set_ids and capabilities_id
  set_ids           uuid[] NOT NULL,             -- sorted
  capabilities_id   uuid,                        -- null: not known
  declarations_token text NOT NULL,
  tokens_document   text NOT NULL,
  items_document    text NOT NULL,
  left_out          text[] NOT NULL,             -- identifiers that these devices cannot take
  changed_at        timestamptz NOT NULL,
  PRIMARY KEY (tenant, manifest_id)
);
CREATE TABLE ddm.manifest_set (
  tenant      text NOT NULL,
  set_id      uuid NOT NULL,
  manifest_id uuid NOT NULL,
  PRIMARY KEY (tenant, set_id, manifest_id)
);
CREATE TABLE ddm.manifest_declaration (
  tenant      text NOT NULL,
  manifest_id uuid NOT NULL,
  identifier  text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, manifest_id, identifier)
);
-- Manifests whose devices are still to be told of a change, up to which device id they were.
CREATE TABLE ddm.changed_manifest (
  tenant      text NOT NULL,
  manifest_id uuid NOT NULL,
  told_up_to  text COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, manifest_id)
);

-- A device, or a user channel of one.
CREATE TABLE ddm.device (
  tenant          text NOT NULL,
  device_id       text COLLATE "C" NOT NULL,
  manifest_id     uuid,                          -- null: it has no declarations
  capabilities_id uuid,                          -- null: not known
  generation      int NOT NULL DEFAULT 0,        -- of the enrollment that all of this is about
  told_token      text,                          -- of the newest DeclarativeManagement command; null: none since it enrolled
  told_count      int NOT NULL DEFAULT 0,
  told_at         timestamptz,
  synced_token    text,                          -- of the declaration items that it fetched last
  synced_at       timestamptz,
  reported_at     timestamptz,
  PRIMARY KEY (tenant, device_id)
) WITH (fillfactor = 70);
CREATE INDEX device_manifest ON ddm.device (tenant, manifest_id, device_id) WHERE manifest_id IS NOT NULL;

-- From when on devices may be told next, so that a change of the whole fleet does not wake it at once.
CREATE TABLE ddm.pace (
  tenant  text PRIMARY KEY,
  next_at timestamptz NOT NULL
);

-- What devices say of each declaration.
CREATE TABLE ddm.declaration_status (
  tenant       text NOT NULL,
  device_id    text COLLATE "C" NOT NULL,
  kind         text NOT NULL,
  identifier   text COLLATE "C" NOT NULL,
  server_token text NOT NULL,
  active       boolean NOT NULL,
  valid        text NOT NULL,                    -- unknown | invalid | valid
  reasons      jsonb NOT NULL,
  reported_at  timestamptz NOT NULL,
  PRIMARY KEY (tenant, device_id, kind, identifier)
) WITH (fillfactor = 85);

-- Reports go by days, and two of one instant are two.
ALTER TABLE ddm.status_report RENAME TO status_report_undated;
CREATE TABLE ddm.status_report (
  tenant    text NOT NULL,
  device_id text COLLATE "C" NOT NULL,
  at        timestamptz NOT NULL,
  report_id uuid NOT NULL,                       -- of device, instant and content
  report    jsonb NOT NULL,
  PRIMARY KEY (tenant, device_id, at, report_id)
) PARTITION BY RANGE (at);
CREATE TABLE ddm.status_report_default PARTITION OF ddm.status_report DEFAULT;
INSERT INTO ddm.status_report SELECT tenant, device_id, at, gen_random_uuid(), report FROM ddm.status_report_undated;
DROP TABLE ddm.status_report_undated;

CREATE VIEW ddm.declaration_v1 AS
  SELECT tenant, identifier, type, kind, server_token, document, is_kept, changed_at FROM ddm.declaration;
CREATE VIEW ddm.declaration_set_v1 AS
  SELECT s.tenant, s.set_id, s.name, s.cause, d.identifier
    FROM ddm.declaration_set s LEFT JOIN ddm.set_declaration d USING (tenant, set_id);
CREATE VIEW ddm.assignment_v1 AS
  SELECT a.tenant, a.device_id, a.cause, a.set_id, s.name AS set_name, a.sent_at
    FROM ddm.assignment a JOIN ddm.declaration_set s USING (tenant, set_id);
CREATE VIEW ddm.device_v1 AS
  SELECT d.tenant, d.device_id, d.manifest_id, m.declarations_token, m.left_out, d.capabilities_id IS NOT NULL AS has_capabilities,
         d.told_token, d.told_at, d.synced_token, d.synced_at, d.reported_at
    FROM ddm.device d LEFT JOIN ddm.manifest m USING (tenant, manifest_id);
CREATE VIEW ddm.declaration_status_v1 AS
  SELECT s.tenant, s.device_id, s.kind, s.identifier, s.server_token, s.active, s.valid, s.reasons, s.reported_at,
         s.server_token = d.server_token AS is_current
    FROM ddm.declaration_status s LEFT JOIN ddm.declaration d USING (tenant, identifier);
CREATE VIEW ddm.status_report_v1 AS SELECT tenant, device_id, at, report_id, report FROM ddm.status_report;

DO $$
DECLARE t record;
BEGIN
  FOR t IN SELECT c.oid::regclass AS name, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'ddm' AND c.relkind IN ('r','p','v') LOOP
    IF t.relkind = 'v' THEN
      EXECUTE format('ALTER VIEW %s OWNER TO lamp_ddm', t.name);
    ELSE
      EXECUTE format('ALTER TABLE %s OWNER TO lamp_ddm', t.name);
    END IF;
  END LOOP;
END $$;
GRANT USAGE ON SCHEMA ddm TO lamp_update_scheduler, lamp_status_ingestion;
GRANT SELECT ON ddm.declaration_v1, ddm.declaration_set_v1, ddm.assignment_v1, ddm.device_v1, ddm.declaration_status_v1,
  ddm.status_report_v1 TO lamp_admin_api, lamp_update_scheduler;
