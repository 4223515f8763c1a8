-- What check-ins tell beside who is enrolled, and the server that an enrollment belongs to where that is another one.
ALTER TABLE command_queue.enrollment
  ADD COLUMN source                 text,                          -- another MDM server; null: enrolled here
  ADD COLUMN token_update_tally     int NOT NULL DEFAULT 0,        -- TokenUpdates since Authenticate
  ADD COLUMN awaiting_configuration boolean NOT NULL DEFAULT false, -- Setup Assistant waits for DeviceConfigured
  ADD COLUMN not_on_console         boolean,                       -- user channels of Macs
  ADD COLUMN user_short_name        text,
  ADD COLUMN user_long_name         text;

CREATE OR REPLACE VIEW command_queue.enrollment_v1 AS
  SELECT tenant, device_id, kind, parent_id, status, topic, generation, enrolled_at, left_at, last_seen_at,
         push_gone_at, (push_address IS NOT NULL AND push_gone_at IS NULL) AS reachable, certificate_hash,
         source, token_update_tally, awaiting_configuration, not_on_console, user_short_name, user_long_name
    FROM command_queue.enrollment;
