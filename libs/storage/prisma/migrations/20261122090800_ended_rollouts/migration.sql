-- An aborted rollout whose updates are all ended. Until then any scheduler goes on with it, also after the one that began was killed.
ALTER TABLE update_scheduler.rollout ADD COLUMN ended_at timestamptz;
CREATE OR REPLACE VIEW update_scheduler.rollout_v1 AS SELECT * FROM update_scheduler.rollout;
-- The fleet is planned zone by zone.
CREATE INDEX device_zone ON status_ingestion.device (tenant, time_zone, device_id);
