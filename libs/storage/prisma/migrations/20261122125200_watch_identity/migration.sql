-- The watchdog reads what agents say of identity certificates.
GRANT SELECT ON status_ingestion.agent_report_v1 TO lamp_update_scheduler;
