-- What a rollout has told by declaration and is not over yet: taken back when the rollout is paused or a ring of it halted. Of the same rows as
-- device_update_due, so that it costs no other update its HOT update.
CREATE INDEX device_update_declared ON update_scheduler.device_update (tenant, rollout_id, device_id) WHERE due_at IS NOT NULL;
