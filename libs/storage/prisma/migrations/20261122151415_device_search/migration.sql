-- Devices by what their serial number or name begins with, in whatever case it was typed. Not of those alone that have one: the planner
-- estimates by what it knows of an expression from whole indexes only. A serial number does not change, and a name seldom does: reports
-- stay HOT updates.
DROP INDEX status_ingestion.device_serial;
CREATE INDEX device_serial ON status_ingestion.device (tenant, upper(serial_number) text_pattern_ops);
CREATE INDEX device_name ON status_ingestion.device (tenant, lower(device_name) text_pattern_ops);
