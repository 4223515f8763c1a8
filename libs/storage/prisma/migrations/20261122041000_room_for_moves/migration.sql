-- A wave moves all rows of a page in one transaction: with room for a second version of each (which is larger: it holds a command id
-- and a traceparent) none of them touches the three indexes.
ALTER TABLE update_scheduler.device_update SET (fillfactor = 40);
