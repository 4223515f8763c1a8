-- How far a device is, as it last said: an update that stands still is told from one that moves, and is sent once more.
ALTER TABLE update_scheduler.device_update
  ADD COLUMN progress text,                   -- comparable: any change of it is progress; null until the device has told
  ADD COLUMN progressed_at timestamptz,       -- when it last changed, or when the command was sent once more
  ADD COLUMN resends int NOT NULL DEFAULT 0;  -- how often the command was sent once more

CREATE OR REPLACE VIEW update_scheduler.device_update_v1 AS SELECT * FROM update_scheduler.device_update;
