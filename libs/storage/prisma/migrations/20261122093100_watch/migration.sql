-- What the watchdog has found out about devices. One row for what a finding is about (contact | update | certificate): a worse kind takes the
-- place of a milder one.
CREATE TABLE update_scheduler.watch (
  tenant     text NOT NULL,
  device_id  text COLLATE "C" NOT NULL,
  topic      text NOT NULL,
  kind       text NOT NULL,                  -- FindingKind of the contracts
  since      timestamptz NOT NULL,           -- when it began, as far as is known
  found_at   timestamptz NOT NULL,
  checked_at timestamptz NOT NULL,           -- when it was last seen to be so
  cleared_at timestamptz,                    -- when it was no longer so; kept for a while
  evidence   jsonb NOT NULL,
  PRIMARY KEY (tenant, device_id, topic)
);
CREATE INDEX watch_cleared ON update_scheduler.watch (cleared_at) WHERE cleared_at IS NOT NULL;

-- What was done about a device, each step at most once in 24 hours whatever the finding.
CREATE TABLE update_scheduler.watch_ladder (
  tenant     text NOT NULL,
  device_id  text COLLATE "C" NOT NULL,
  due_at     timestamptz,                    -- when to look at the next step; null: nothing is open
  pushed_at  timestamptz,
  pinged_at  timestamptz,
  synced_at  timestamptz,
  alerted_at timestamptz,
  PRIMARY KEY (tenant, device_id)
);
CREATE INDEX watch_ladder_due ON update_scheduler.watch_ladder (due_at) WHERE due_at IS NOT NULL;

-- How far the present look at the fleet is: whoever holds the row's lock goes on with it.
CREATE TABLE update_scheduler.watch_sweep (
  id            int PRIMARY KEY CHECK (id = 1),
  next_at       timestamptz NOT NULL,
  cursor_tenant text,                        -- null: none is under way
  cursor_device text COLLATE "C",
  peers         jsonb NOT NULL DEFAULT '[]'  -- [{tenant, zone, came, silent}]: how many of whom came when the sweep began
);
INSERT INTO update_scheduler.watch_sweep (id, next_at) VALUES (1, '-infinity');

CREATE VIEW update_scheduler.finding_v1 AS
  SELECT w.tenant, w.device_id, w.topic, w.kind, w.since, w.found_at, w.checked_at, w.cleared_at, w.evidence,
         l.pushed_at, l.pinged_at, l.synced_at, l.alerted_at
    FROM update_scheduler.watch w LEFT JOIN update_scheduler.watch_ladder l USING (tenant, device_id);

ALTER TABLE update_scheduler.watch OWNER TO lamp_update_scheduler;
ALTER TABLE update_scheduler.watch_ladder OWNER TO lamp_update_scheduler;
ALTER TABLE update_scheduler.watch_sweep OWNER TO lamp_update_scheduler;
ALTER VIEW update_scheduler.finding_v1 OWNER TO lamp_update_scheduler;
GRANT SELECT ON update_scheduler.finding_v1 TO lamp_admin_api;

-- Commands that wait, without those that are history: what a device was woken for.
CREATE VIEW command_queue.pending_v1 AS
  SELECT tenant, device_id, command_id, state, created_at, not_before, expires_at, push_count, sent_at, source
    FROM command_queue.command;
ALTER VIEW command_queue.pending_v1 OWNER TO lamp_command_queue;
GRANT SELECT ON command_queue.pending_v1 TO lamp_update_scheduler;

-- Until when the identity certificate that a device last showed is valid; null where it never showed one since this is noted.
ALTER TABLE command_queue.enrollment ADD COLUMN certificate_ends_at timestamptz;
CREATE OR REPLACE VIEW command_queue.enrollment_v1 AS
  SELECT tenant, device_id, kind, parent_id, status, topic, generation, enrolled_at, left_at, last_seen_at,
         push_gone_at, (push_address IS NOT NULL AND push_gone_at IS NULL) AS reachable, certificate_hash,
         source, token_update_tally, awaiting_configuration, not_on_console, user_short_name, user_long_name,
         certificate_ends_at
    FROM command_queue.enrollment;
