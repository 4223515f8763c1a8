-- Other MDM servers whose devices take part: what they say comes in through them, what is for them goes out through them.
CREATE TABLE admin_api.source (
  tenant             text NOT NULL,
  name               text NOT NULL,
  kind               text NOT NULL,              -- nanomdm | micromdm
  url                text NOT NULL,
  sealed_api_key     bytea NOT NULL,
  sealed_webhook_key bytea,                      -- key of the signature on what it sends
  unauthenticated    boolean NOT NULL,           -- without such a key: whether its events are taken without a token
  concurrency        int NOT NULL,
  timeout_ms         int NOT NULL,
  enabled            boolean NOT NULL,
  created_at         timestamptz NOT NULL,
  updated_at         timestamptz NOT NULL,
  PRIMARY KEY (tenant, name)
);
CREATE VIEW admin_api.source_v1 AS
  SELECT tenant, name, kind, url, sealed_api_key, concurrency, timeout_ms, enabled FROM admin_api.source;
ALTER TABLE admin_api.source OWNER TO lamp_admin_api;
ALTER VIEW admin_api.source_v1 OWNER TO lamp_admin_api;
GRANT USAGE ON SCHEMA admin_api TO lamp_command_queue;
GRANT SELECT ON admin_api.source_v1 TO lamp_command_queue;

-- Commands of such devices. Those of our own have none of these: the index holds nothing of them.
ALTER TABLE command_queue.command
  ADD COLUMN source        text,                 -- the server that its device is enrolled with
  ADD COLUMN handed_to     text,                 -- that server's kind, once an attempt to hand it over began
  ADD COLUMN deliver_at    timestamptz,          -- when to hand it over next; while an attempt is under way: when it counts as lost
  ADD COLUMN deliver_count smallint NOT NULL DEFAULT 0; -- attempts
CREATE INDEX command_deliver ON command_queue.command (tenant, source, priority, deliver_at) WHERE deliver_at IS NOT NULL;
ALTER TABLE command_queue.command_history
  ADD COLUMN handed_to text,
  ADD COLUMN detail    text;                     -- of `refused`: the other server's words

-- How handing over to each goes, for all processes together. Instants are the database's own.
CREATE TABLE command_queue.hand_over_target (
  tenant        text NOT NULL,
  source        text NOT NULL,
  failures      int NOT NULL,                    -- one after another; 0: it works
  failing_since timestamptz,
  paused_until  timestamptz,
  last_error    text,
  PRIMARY KEY (tenant, source)
);
CREATE VIEW command_queue.hand_over_target_v1 AS SELECT * FROM command_queue.hand_over_target;
ALTER TABLE command_queue.hand_over_target OWNER TO lamp_command_queue;
ALTER VIEW command_queue.hand_over_target_v1 OWNER TO lamp_command_queue;
GRANT SELECT ON command_queue.hand_over_target_v1 TO lamp_admin_api;

-- Another server pushes its own devices.
CREATE OR REPLACE VIEW command_queue.push_target_v1 AS
  SELECT tenant, device_id, topic, push_address
    FROM command_queue.enrollment
   WHERE status = 'enrolled' AND push_address IS NOT NULL AND push_gone_at IS NULL AND source IS NULL;

CREATE OR REPLACE VIEW command_queue.command_v1 AS
  SELECT c.tenant, c.device_id, c.command_id, b.request_type, c.cause, c.priority,
         CASE WHEN c.state = 0 THEN 'queued'
              WHEN c.state = 2 THEN 'NotNow'
              WHEN c.source IS NULL THEN 'sent'
              WHEN c.deliver_at IS NULL THEN 'handed to ' || c.handed_to
              ELSE 'handing to ' || c.handed_to END AS state,
         c.created_at, c.not_before, c.expires_at, c.due_at, c.push_count, c.sent_at, c.sent_count,
         c.not_now_at, c.not_now_count, NULL::timestamptz AS finished_at, c.traceparent,
         c.purpose, c.retries_left, c.error_count, c.no_push, c.overtaken,
         c.source, c.handed_to, c.deliver_at, c.deliver_count, NULL::text AS detail
    FROM command_queue.command c JOIN command_queue.command_body b USING (tenant, body_id)
  UNION ALL
  SELECT h.tenant, h.device_id, h.command_id, b.request_type, h.cause, h.priority, h.outcome,
         h.created_at, NULL, h.expires_at, NULL, h.push_count, h.sent_at, h.sent_count,
         h.not_now_at, h.not_now_count, h.finished_at, h.traceparent,
         NULL, 0::smallint, h.error_count, false, false,
         NULL, h.handed_to, NULL, 0::smallint, h.detail
    FROM command_queue.command_history h JOIN command_queue.command_body b USING (tenant, body_id);
