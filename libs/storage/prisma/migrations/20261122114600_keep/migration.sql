-- How the devices of a rollout stood when it was over: by state, reason and platform. Stays when their rows have gone.
ALTER TABLE update_scheduler.rollout
  ADD COLUMN totals      jsonb,
  ADD COLUMN totals_at   timestamptz,
  -- Device rows that are gone, since they were kept long enough. From the first one on the totals stand as they are.
  ADD COLUMN removed     int NOT NULL DEFAULT 0,
  -- When a rollout that is over was last gone through, and up to which device, where that goes on.
  ADD COLUMN swept_at     timestamptz,
  ADD COLUMN sweep_cursor text COLLATE "C";
CREATE OR REPLACE VIEW update_scheduler.rollout_v1 AS SELECT * FROM update_scheduler.rollout;

-- What a rollout's windows are: for its page, its rings, and the question whether it is over.
CREATE INDEX occurrence_rollout ON update_scheduler.occurrence (tenant, rollout_id, closes_at);

-- Entries of all tenants that are kept long enough.
CREATE INDEX audit_old ON admin_api.audit (at);
