-- Another server pushes its device once for a command, and never again: it is asked to, with growing waits.
ALTER TABLE command_queue.command
  ADD COLUMN taken_at timestamptz;               -- when the other server said that it has it; from then on deliver_at is the next push

CREATE OR REPLACE VIEW command_queue.command_v1 AS
  SELECT c.tenant, c.device_id, c.command_id, b.request_type, c.cause, c.priority,
         CASE WHEN c.state = 0 THEN 'queued'
              WHEN c.state = 2 THEN 'NotNow'
              WHEN c.source IS NULL THEN 'sent'
              WHEN c.taken_at IS NOT NULL THEN 'handed to ' || c.handed_to
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
