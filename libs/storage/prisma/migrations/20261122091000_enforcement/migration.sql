-- Updates by declaration whose time has passed are found by it. No move of the command lane changes a column of this index.
CREATE INDEX device_update_enforced ON update_scheduler.device_update (tenant, stops_at) WHERE lane = 'ddm';
