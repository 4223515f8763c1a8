-- Sets that changed while many manifests hold them: those are made anew a page at a time, in the order of their ids.
CREATE TABLE ddm.changed_set (
  tenant        text NOT NULL,
  set_id        uuid NOT NULL,
  renewed_up_to uuid NOT NULL,                   -- the last manifest that was made anew; nil: none yet
  is_told       boolean NOT NULL,                -- devices are to be told
  asked_at      timestamptz,                     -- all that were not told since, whether anything changed for them or not
  PRIMARY KEY (tenant, set_id)
);
ALTER TABLE ddm.changed_set OWNER TO lamp_ddm;
