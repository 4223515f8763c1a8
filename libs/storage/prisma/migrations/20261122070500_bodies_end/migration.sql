-- A body may hold passwords and profiles: it goes once no command of it, pending or finished, is kept any more.
-- Those that are there count from today on. Adding a column with a constant default rewrites no table.
ALTER TABLE command_queue.command_body
  ADD COLUMN last_used date NOT NULL DEFAULT current_date;   -- the last day on which commands with it were enqueued

-- Few bodies share a day, so its entries are deduplicated, as those of command_history_cause are.
CREATE INDEX command_history_body ON command_queue.command_history (tenant, body_id);
