-- What a command's whole life needs. Adding columns with constant defaults rewrites no table.
ALTER TABLE command_queue.command
  ADD COLUMN purpose      text,                            -- with the request type: what a newer command takes the place of
  ADD COLUMN slot         text,                            -- at most one undelivered command of a slot waits for a device
  ADD COLUMN overtaken    boolean NOT NULL DEFAULT false,  -- a newer one of its slot came while a device had it in hand
  ADD COLUMN no_push      boolean NOT NULL DEFAULT false,  -- its sender pushes, or waits for the device to come by itself
  ADD COLUMN retries_left smallint NOT NULL DEFAULT 0,
  ADD COLUMN retry_wait   int,                             -- seconds before the next try; doubles
  ADD COLUMN error_count  smallint NOT NULL DEFAULT 0,
  ADD COLUMN session_at   timestamptz;                     -- the Idle with which the connection began that it was last handed over in
ALTER TABLE command_queue.command_history
  ADD COLUMN error_count  smallint NOT NULL DEFAULT 0;     -- its outcome may also be superseded or cancelled

CREATE OR REPLACE VIEW command_queue.command_v1 AS
  SELECT c.tenant, c.device_id, c.command_id, b.request_type, c.cause, c.priority,
         CASE c.state WHEN 0 THEN 'queued' WHEN 1 THEN 'sent' ELSE 'NotNow' END AS state,
         c.created_at, c.not_before, c.expires_at, c.due_at, c.push_count, c.sent_at, c.sent_count,
         c.not_now_at, c.not_now_count, NULL::timestamptz AS finished_at, c.traceparent,
         c.purpose, c.retries_left, c.error_count, c.no_push, c.overtaken
    FROM command_queue.command c JOIN command_queue.command_body b USING (tenant, body_id)
  UNION ALL
  SELECT h.tenant, h.device_id, h.command_id, b.request_type, h.cause, h.priority, h.outcome,
         h.created_at, NULL, h.expires_at, NULL, h.push_count, h.sent_at, h.sent_count,
         h.not_now_at, h.not_now_count, h.finished_at, h.traceparent,
         NULL, 0::smallint, h.error_count, false, false
    FROM command_queue.command_history h JOIN command_queue.command_body b USING (tenant, body_id);

-- Whether a device can take a command is judged when it is enqueued, by what the device said of itself last.
GRANT USAGE ON SCHEMA status_ingestion TO lamp_command_queue;
GRANT SELECT ON status_ingestion.device_v1 TO lamp_command_queue;
