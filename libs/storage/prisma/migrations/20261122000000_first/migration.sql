-- One schema and one role per service. A role reads other services' published views (…_v1), never their tables.
-- Roles belong to the cluster and may exist already; the migration program gives them LOGIN and a password.
DO $$
DECLARE r text;
BEGIN
  PERFORM pg_advisory_xact_lock(7105);
  FOREACH r IN ARRAY ARRAY['lamp_command_queue','lamp_apns_push','lamp_update_scheduler','lamp_status_ingestion','lamp_ddm','lamp_admin_api'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', r);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
END $$;

CREATE SCHEMA command_queue;
CREATE SCHEMA apns_push;
CREATE SCHEMA update_scheduler;
CREATE SCHEMA status_ingestion;
CREATE SCHEMA ddm;
CREATE SCHEMA admin_api;

-- ---------------------------------------------------------------- command_queue
CREATE TABLE command_queue.enrollment (
  tenant           text NOT NULL,
  device_id        text COLLATE "C" NOT NULL,
  kind             text NOT NULL,
  parent_id        text,
  status           text NOT NULL,            -- authenticated | enrolled | left
  topic            text NOT NULL,
  certificate_hash bytea NOT NULL,           -- SHA-256 of the identity certificate, pinned
  push_address     bytea,                    -- sealed {token, pushMagic}
  push_gone_at     timestamptz,              -- APNs 410 timestamp: no push until a newer TokenUpdate
  token_updated_at timestamptz,
  unlock_token     bytea,                    -- sealed
  bootstrap_token  bytea,                    -- sealed
  generation       int NOT NULL,             -- counts Authenticates
  facts            jsonb NOT NULL,           -- what Authenticate said
  authenticated_at timestamptz NOT NULL,
  enrolled_at      timestamptz,
  left_at          timestamptz,
  last_seen_at     timestamptz,              -- coalesced: at most once a minute
  PRIMARY KEY (tenant, device_id)
) WITH (fillfactor = 85);
CREATE INDEX enrollment_certificate ON command_queue.enrollment (certificate_hash);
CREATE INDEX enrollment_parent ON command_queue.enrollment (tenant, parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE command_queue.command_body (
  tenant       text NOT NULL,
  body_id      uuid NOT NULL,
  request_type text NOT NULL,
  command      text NOT NULL,                -- <dict>…</dict>
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (tenant, body_id)
);

-- Pending commands only: what is finished moves to command_history.
CREATE TABLE command_queue.command (
  tenant        text NOT NULL,
  device_id     text COLLATE "C" NOT NULL,
  command_id    uuid NOT NULL,
  body_id       uuid NOT NULL,
  cause         text NOT NULL,
  priority      smallint NOT NULL,
  state         smallint NOT NULL,           -- 0 queued, 1 sent, 2 NotNow
  created_at    timestamptz NOT NULL,
  not_before    timestamptz,
  expires_at    timestamptz NOT NULL,
  due_at        timestamptz NOT NULL,        -- when the clock must look at it: a push is due, or its expiry
  push_count    smallint NOT NULL DEFAULT 0,
  sent_at       timestamptz,
  sent_count    smallint NOT NULL DEFAULT 0,
  not_now_at    timestamptz,                 -- first time
  not_now_count smallint NOT NULL DEFAULT 0,
  traceparent   text,
  PRIMARY KEY (tenant, device_id, command_id)
) WITH (fillfactor = 80);
CREATE INDEX command_due ON command_queue.command (due_at);

CREATE TABLE command_queue.command_history (
  tenant        text NOT NULL,
  device_id     text COLLATE "C" NOT NULL,
  command_id    uuid NOT NULL,
  body_id       uuid NOT NULL,
  cause         text NOT NULL,
  priority      smallint NOT NULL,
  outcome       text NOT NULL,               -- Acknowledged | Error | CommandFormatError | expired | unanswered | voided | revoked
  created_at    timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL,
  push_count    smallint NOT NULL,
  sent_at       timestamptz,
  sent_count    smallint NOT NULL,
  not_now_at    timestamptz,
  not_now_count smallint NOT NULL,
  finished_at   timestamptz NOT NULL,
  traceparent   text,
  PRIMARY KEY (tenant, device_id, command_id, finished_at)
) PARTITION BY RANGE (finished_at);
CREATE TABLE command_queue.command_history_default PARTITION OF command_queue.command_history DEFAULT;

-- A revoke outlives its message: commands of the cause that were sent for earlier may still be on their way.
CREATE TABLE command_queue.revoked_cause (
  tenant     text NOT NULL,
  cause      text NOT NULL,
  revoked_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, cause)
);

-- ---------------------------------------------------------------- apns_push
CREATE TABLE apns_push.push_certificate (
  tenant      text NOT NULL,
  topic       text NOT NULL,
  sealed_pem  bytea NOT NULL,                -- certificate and key, sealed
  not_after   timestamptz NOT NULL,
  uploaded_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, topic)
);
CREATE TABLE apns_push.push (
  tenant      text NOT NULL,
  device_id   text COLLATE "C" NOT NULL,
  at          timestamptz NOT NULL,
  request_id  text NOT NULL,
  outcome     text NOT NULL,
  reason      text,
  apns_id     text,
  traceparent text,
  PRIMARY KEY (tenant, device_id, at, request_id)
) PARTITION BY RANGE (at);
CREATE TABLE apns_push.push_default PARTITION OF apns_push.push DEFAULT;

-- ---------------------------------------------------------------- status_ingestion
CREATE TABLE status_ingestion.device (
  tenant                    text NOT NULL,
  device_id                 text COLLATE "C" NOT NULL,
  enrolled                  boolean NOT NULL,
  generation                int NOT NULL,
  enrolled_at               timestamptz,
  left_at                   timestamptz,
  platform                  text NOT NULL,   -- macOS | iOS | iPadOS | tvOS | visionOS | watchOS | unknown
  product_name              text,
  model                     text,
  model_name                text,
  device_name               text,
  serial_number             text,
  os_version                text,
  os_version_key            bigint,          -- major*1e6 + minor*1e3 + patch
  build_version             text,
  supplemental_build        text,
  supplemental_extra        text,
  is_supervised             boolean,
  is_apple_silicon          boolean,
  software_update_device_id text,
  time_zone                 text,
  battery_level             real,
  facts_at                  timestamptz,     -- of the newest DeviceInformation
  last_answer_at            timestamptz,
  updated_at                timestamptz NOT NULL,
  PRIMARY KEY (tenant, device_id)
) WITH (fillfactor = 85);

CREATE TABLE status_ingestion.available_update (
  tenant          text NOT NULL,
  device_id       text COLLATE "C" NOT NULL,
  product_key     text NOT NULL,
  version         text,
  build           text,
  human_name      text,
  is_config_data  boolean NOT NULL,
  is_major        boolean NOT NULL,
  is_security_response boolean NOT NULL,
  download_size   double precision,
  reported_at     timestamptz NOT NULL,
  PRIMARY KEY (tenant, device_id, product_key)
);

CREATE TABLE status_ingestion.report (
  tenant       text NOT NULL,
  device_id    text COLLATE "C" NOT NULL,
  report_id    uuid NOT NULL,                -- derived from command, status and NotNow count
  at           timestamptz NOT NULL,
  command_id   uuid,
  request_type text NOT NULL,
  status       text NOT NULL,
  cause        text NOT NULL,
  observation  jsonb NOT NULL,
  error_chain  jsonb,                        -- raw, always kept
  traceparent  text,
  PRIMARY KEY (tenant, device_id, report_id, at)
) PARTITION BY RANGE (at);
CREATE TABLE status_ingestion.report_default PARTITION OF status_ingestion.report DEFAULT;

-- ---------------------------------------------------------------- update_scheduler
CREATE TABLE update_scheduler.policy (
  tenant     text NOT NULL,
  policy_id  uuid NOT NULL,
  name       text NOT NULL,
  version    int NOT NULL,
  spec       jsonb NOT NULL,
  paused     boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, policy_id),
  UNIQUE (tenant, name)
);

CREATE TABLE update_scheduler.release (
  source            text NOT NULL,           -- public | all | bsi
  os                text NOT NULL,           -- the feed's list: iOS | macOS | visionOS
  version           text NOT NULL,
  version_key       bigint NOT NULL,
  build             text NOT NULL,
  posted_at         date NOT NULL,
  expires_at        date,
  supported_devices text[] NOT NULL,
  PRIMARY KEY (source, os, version, build)
);
-- The feed turned around: which releases a model may take. Rewritten with each import.
CREATE TABLE update_scheduler.release_device (
  supported_device text NOT NULL,            -- ProductName, or board id for macOS
  os               text NOT NULL,
  version          text NOT NULL,
  version_key      bigint NOT NULL,
  build            text NOT NULL,
  posted_at        date NOT NULL,
  expires_at       date,
  PRIMARY KEY (supported_device, os, version, build)
);

-- One rollout per (policy, policy version): it goes on over as many windows as it needs.
CREATE TABLE update_scheduler.rollout (
  tenant         text NOT NULL,
  rollout_id     uuid NOT NULL,
  policy_id      uuid NOT NULL,
  policy_version int NOT NULL,
  state          text NOT NULL,              -- running | paused | aborted
  created_at     timestamptz NOT NULL,
  PRIMARY KEY (tenant, rollout_id),
  UNIQUE (tenant, policy_id, policy_version)
);

CREATE TABLE update_scheduler.occurrence (
  tenant        text NOT NULL,
  occurrence_id uuid NOT NULL,
  rollout_id    uuid NOT NULL,
  policy_id     uuid NOT NULL,
  zone          text NOT NULL,
  local_date    date NOT NULL,
  opens_at      timestamptz NOT NULL,
  stops_at      timestamptz NOT NULL,
  closes_at     timestamptz NOT NULL,
  state         text NOT NULL,               -- opened | planning | planned | closed
  plan_cursor   text COLLATE "C" NOT NULL DEFAULT '', -- planned up to this device id: a plan resumes here
  planned       int NOT NULL DEFAULT 0,
  not_eligible  int NOT NULL DEFAULT 0,
  already_installed int NOT NULL DEFAULT 0,
  carried_over  int,                         -- known once closed
  opened_at     timestamptz NOT NULL,
  traceparent   text,
  PRIMARY KEY (tenant, occurrence_id),
  UNIQUE (tenant, policy_id, zone, local_date)
);

CREATE TABLE update_scheduler.wave (
  tenant        text NOT NULL,
  occurrence_id uuid NOT NULL,
  wave          int NOT NULL,
  rollout_id    uuid NOT NULL,
  release_at    timestamptz NOT NULL,
  released_at   timestamptz,
  devices       int NOT NULL,
  PRIMARY KEY (tenant, occurrence_id, wave)
);
CREATE INDEX wave_due ON update_scheduler.wave (release_at) WHERE released_at IS NULL;

CREATE TABLE update_scheduler.device_update (
  tenant         text NOT NULL,
  rollout_id     uuid NOT NULL,
  device_id      text COLLATE "C" NOT NULL,
  occurrence_id  uuid NOT NULL,
  wave           int NOT NULL,
  state          text NOT NULL,              -- UpdateState of contracts
  reason         text,
  step           text NOT NULL DEFAULT '',   -- what is outstanding: scan | list | schedule | status | confirm
  platform       text NOT NULL,
  lane           text NOT NULL,              -- mdm | ddm
  from_version   text,
  target_version text NOT NULL,
  target_build   text NOT NULL,
  product_key    text,
  command_id     uuid,                       -- the outstanding command
  command_seq    int NOT NULL DEFAULT 0,     -- how many commands this update has had: part of their ids
  install_seq    int NOT NULL DEFAULT 0,     -- how many ScheduleOSUpdate were acknowledged
  version        int NOT NULL DEFAULT 0,     -- fence: raised by every write
  stops_at       timestamptz NOT NULL,
  commanded_at   timestamptz,
  updated_at     timestamptz NOT NULL,
  traceparent    text,
  PRIMARY KEY (tenant, rollout_id, device_id)
) WITH (fillfactor = 70);
CREATE INDEX device_update_wave ON update_scheduler.device_update (tenant, occurrence_id, wave);
CREATE INDEX device_update_device ON update_scheduler.device_update (tenant, device_id);

CREATE TABLE update_scheduler.update_event (
  tenant      text NOT NULL,
  device_id   text COLLATE "C" NOT NULL,
  rollout_id  uuid NOT NULL,
  version     int NOT NULL,                  -- device_update.version it made
  at          timestamptz NOT NULL,
  from_state  text NOT NULL,
  to_state    text NOT NULL,
  reason      text,
  detail      text,                          -- in plain words
  command_id  uuid,
  report_id   uuid,
  traceparent text,
  PRIMARY KEY (tenant, device_id, rollout_id, version, at)
) PARTITION BY RANGE (at);
CREATE TABLE update_scheduler.update_event_default PARTITION OF update_scheduler.update_event DEFAULT;

-- ---------------------------------------------------------------- ddm, admin_api
CREATE TABLE ddm.status_report (
  tenant    text NOT NULL,
  device_id text COLLATE "C" NOT NULL,
  at        timestamptz NOT NULL,
  report    jsonb NOT NULL,
  PRIMARY KEY (tenant, device_id, at)
);

CREATE TABLE admin_api.api_token (
  token_hash   text PRIMARY KEY,             -- SHA-256, hex: the token itself is shown once and kept nowhere
  tenant       text NOT NULL,
  name         text NOT NULL,
  created_at   timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at   timestamptz
);
CREATE TABLE admin_api.audit (
  tenant   text NOT NULL,
  audit_id uuid PRIMARY KEY,
  at       timestamptz NOT NULL,
  actor    text NOT NULL,
  action   text NOT NULL,
  subject  text NOT NULL,
  detail   jsonb NOT NULL
);
CREATE INDEX audit_at ON admin_api.audit (tenant, at);

-- ---------------------------------------------------------------- outboxes: one per service that publishes from a transaction
DO $$
DECLARE s text;
BEGIN
  FOREACH s IN ARRAY ARRAY['command_queue','apns_push','update_scheduler','status_ingestion','ddm','admin_api'] LOOP
    EXECUTE format('CREATE TABLE %I.outbox (
      outbox_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      subject    text NOT NULL,
      message_id text NOT NULL,
      payload    bytea NOT NULL,
      created_at timestamptz NOT NULL DEFAULT clock_timestamp())', s);
  END LOOP;
END $$;

-- ---------------------------------------------------------------- published views
CREATE VIEW command_queue.enrollment_v1 AS
  SELECT tenant, device_id, kind, parent_id, status, topic, generation, enrolled_at, left_at, last_seen_at,
         push_gone_at, (push_address IS NOT NULL AND push_gone_at IS NULL) AS reachable, certificate_hash
    FROM command_queue.enrollment;
CREATE VIEW command_queue.push_target_v1 AS
  SELECT tenant, device_id, topic, push_address
    FROM command_queue.enrollment
   WHERE status = 'enrolled' AND push_address IS NOT NULL AND push_gone_at IS NULL;
CREATE VIEW command_queue.command_v1 AS
  SELECT c.tenant, c.device_id, c.command_id, b.request_type, c.cause, c.priority,
         CASE c.state WHEN 0 THEN 'queued' WHEN 1 THEN 'sent' ELSE 'NotNow' END AS state,
         c.created_at, c.not_before, c.expires_at, c.due_at, c.push_count, c.sent_at, c.sent_count,
         c.not_now_at, c.not_now_count, NULL::timestamptz AS finished_at, c.traceparent
    FROM command_queue.command c JOIN command_queue.command_body b USING (tenant, body_id)
  UNION ALL
  SELECT h.tenant, h.device_id, h.command_id, b.request_type, h.cause, h.priority, h.outcome,
         h.created_at, NULL, h.expires_at, NULL, h.push_count, h.sent_at, h.sent_count,
         h.not_now_at, h.not_now_count, h.finished_at, h.traceparent
    FROM command_queue.command_history h JOIN command_queue.command_body b USING (tenant, body_id);
CREATE VIEW apns_push.push_v1 AS SELECT tenant, device_id, at, outcome, reason, apns_id, traceparent FROM apns_push.push;
CREATE VIEW apns_push.push_certificate_v1 AS SELECT tenant, topic, not_after, uploaded_at FROM apns_push.push_certificate;
CREATE VIEW status_ingestion.device_v1 AS SELECT * FROM status_ingestion.device;
CREATE VIEW status_ingestion.available_update_v1 AS SELECT * FROM status_ingestion.available_update;
CREATE VIEW status_ingestion.report_v1 AS SELECT * FROM status_ingestion.report;
CREATE VIEW update_scheduler.policy_v1 AS SELECT * FROM update_scheduler.policy;
CREATE VIEW update_scheduler.release_v1 AS SELECT * FROM update_scheduler.release;
CREATE VIEW update_scheduler.rollout_v1 AS SELECT * FROM update_scheduler.rollout;
CREATE VIEW update_scheduler.occurrence_v1 AS SELECT * FROM update_scheduler.occurrence;
CREATE VIEW update_scheduler.wave_v1 AS SELECT * FROM update_scheduler.wave;
CREATE VIEW update_scheduler.device_update_v1 AS SELECT * FROM update_scheduler.device_update;
CREATE VIEW update_scheduler.update_event_v1 AS SELECT * FROM update_scheduler.update_event;

-- Day partitions, made ahead by their owner and dropped whole.
CREATE FUNCTION public.lamp_make_day_partition(owner text, parent text, day date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE IF NOT EXISTS %I.%I PARTITION OF %I.%I FOR VALUES FROM (%L) TO (%L)',
    owner, parent || '_' || to_char(day, 'YYYYMMDD'), owner, parent,
    day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
END $$;

-- ---------------------------------------------------------------- rights
-- A service owns what it writes (it makes and drops its own partitions) and reads others' views.
DO $$
DECLARE s text; t record;
BEGIN
  FOREACH s IN ARRAY ARRAY['command_queue','apns_push','update_scheduler','status_ingestion','ddm','admin_api'] LOOP
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', s, 'lamp_' || s);
    FOR t IN SELECT c.oid::regclass AS name, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE n.nspname = s AND c.relkind IN ('r','p','v') LOOP
      IF t.relkind = 'v' THEN
        EXECUTE format('ALTER VIEW %s OWNER TO %I', t.name, 'lamp_' || s);
      ELSE
        EXECUTE format('ALTER TABLE %s OWNER TO %I', t.name, 'lamp_' || s);
      END IF;
    END LOOP;
  END LOOP;
END $$;
GRANT USAGE ON SCHEMA command_queue TO lamp_apns_push, lamp_update_scheduler, lamp_status_ingestion, lamp_ddm, lamp_admin_api;
GRANT USAGE ON SCHEMA apns_push, ddm TO lamp_admin_api;
GRANT USAGE ON SCHEMA status_ingestion TO lamp_update_scheduler, lamp_ddm, lamp_admin_api;
GRANT USAGE ON SCHEMA update_scheduler TO lamp_ddm, lamp_admin_api;
GRANT SELECT ON command_queue.push_target_v1 TO lamp_apns_push;
GRANT SELECT ON command_queue.enrollment_v1 TO lamp_update_scheduler, lamp_status_ingestion, lamp_ddm, lamp_admin_api;
GRANT SELECT ON command_queue.command_v1 TO lamp_update_scheduler, lamp_admin_api;
GRANT SELECT ON apns_push.push_v1, apns_push.push_certificate_v1 TO lamp_admin_api;
GRANT SELECT ON status_ingestion.device_v1, status_ingestion.available_update_v1 TO lamp_update_scheduler, lamp_ddm, lamp_admin_api;
GRANT SELECT ON status_ingestion.report_v1 TO lamp_admin_api;
GRANT SELECT ON update_scheduler.policy_v1, update_scheduler.release_v1, update_scheduler.rollout_v1, update_scheduler.occurrence_v1,
  update_scheduler.wave_v1, update_scheduler.device_update_v1, update_scheduler.update_event_v1 TO lamp_admin_api, lamp_ddm;
