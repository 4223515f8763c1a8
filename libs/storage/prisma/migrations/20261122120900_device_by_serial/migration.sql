-- A device by its serial number, in whatever case it was typed. A serial number does not change: reports stay HOT updates.
CREATE INDEX device_serial ON status_ingestion.device (tenant, upper(serial_number)) WHERE serial_number IS NOT NULL;
