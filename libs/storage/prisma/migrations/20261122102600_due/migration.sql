-- Until when an update by declaration may come about; NULL once it is over, and for commands. The clock looks for those that are overdue every
-- second: an index of the lane held every finished update too. Not by step or state: indexed, these would cost each move of a command its HOT update.
ALTER TABLE update_scheduler.device_update ADD COLUMN due_at timestamptz;
UPDATE update_scheduler.device_update SET due_at = stops_at WHERE lane = 'ddm' AND step = 'enforce';
DROP INDEX update_scheduler.device_update_enforced;
CREATE INDEX device_update_due ON update_scheduler.device_update (due_at, tenant) WHERE due_at IS NOT NULL;
