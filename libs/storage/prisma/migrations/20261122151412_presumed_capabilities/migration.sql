-- What every device of its OS takes, by Apple's schema: counts until the device has told its capabilities itself.
ALTER TABLE ddm.device ADD COLUMN presumed_id uuid;
