-- Staged messages live for milliseconds: compressing each (a batch of 1,000 devices is 300 KB) cost more than all else of staging it.
DO $$
DECLARE s text;
BEGIN
  FOREACH s IN ARRAY ARRAY['command_queue','apns_push','update_scheduler','status_ingestion','ddm','admin_api'] LOOP
    EXECUTE format('ALTER TABLE %I.outbox ALTER COLUMN payload SET STORAGE EXTERNAL', s);
  END LOOP;
END $$;
