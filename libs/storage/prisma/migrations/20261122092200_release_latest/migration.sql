-- What is newest depends on the model: nobody reads it off a release.
DROP VIEW update_scheduler.release_v1;
ALTER TABLE update_scheduler.release DROP COLUMN latest;
CREATE VIEW update_scheduler.release_v1 AS SELECT * FROM update_scheduler.release;
ALTER VIEW update_scheduler.release_v1 OWNER TO lamp_update_scheduler;
GRANT SELECT ON update_scheduler.release_v1 TO lamp_admin_api, lamp_ddm;
