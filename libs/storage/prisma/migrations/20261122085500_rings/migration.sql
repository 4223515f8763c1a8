-- Several windows of a policy: each opens once a day in each zone. `window` is its name, or its place in the policy (`#1`).
ALTER TABLE update_scheduler.occurrence
  ADD COLUMN "window" text NOT NULL DEFAULT '#1',
  ADD COLUMN default_zone text NOT NULL DEFAULT 'UTC', -- of devices whose zone is not known
  ADD COLUMN deadline_at timestamptz,                  -- where the policy's deadline is a day
  ADD COLUMN predicted_finish_at timestamptz,          -- when the last wave will have gone; null while nothing is to be released
  ADD COLUMN held_back text,                           -- why the pacer holds waves back
  ADD COLUMN left_over jsonb;                          -- once closed: devices that it leaves for the next window, by reason
ALTER TABLE update_scheduler.occurrence DROP CONSTRAINT occurrence_tenant_policy_id_zone_local_date_key;
ALTER TABLE update_scheduler.occurrence ADD UNIQUE (tenant, policy_id, "window", zone, local_date);

-- An operator may let a rollout go at once, whatever its policy says.
ALTER TABLE update_scheduler.rollout ADD COLUMN emergency boolean NOT NULL DEFAULT false;

-- The rings of a rollout, in order; none where its policy has none.
CREATE TABLE update_scheduler.ring (
  tenant        text NOT NULL,
  rollout_id    uuid NOT NULL,
  ring          int NOT NULL,              -- place, from 0
  name          text NOT NULL,
  state         text NOT NULL,             -- waiting | open | halted | done
  opens_on      date,                      -- the first local date on which it may go; null: each release's own day decides
  since         timestamptz NOT NULL,
  reason        text,                      -- of halted: failure-rate | not-now-rate | silent-rate
  detail        text,                      -- of halted: the verdict in plain words
  overridden_at timestamptz,               -- an operator lets it go whatever the gate says
  devices       int NOT NULL DEFAULT 0,
  sent          int NOT NULL DEFAULT 0,    -- of these, those that were sent a command
  installed     int NOT NULL DEFAULT 0,
  failed        int NOT NULL DEFAULT 0,
  not_now       int NOT NULL DEFAULT 0,
  silent        int NOT NULL DEFAULT 0,    -- silent since the installation
  counted_at    timestamptz,
  PRIMARY KEY (tenant, rollout_id, ring)
);
ALTER TABLE update_scheduler.device_update
  ADD COLUMN ring int,                     -- null: the rollout has no rings, or none takes the device in
  ADD COLUMN deadline_at timestamptz;      -- from then on the update is installed whatever the user chose
ALTER TABLE update_scheduler.wave ADD COLUMN ring int;

-- What may still be released: one row for the whole installation, filled up with time.
CREATE TABLE update_scheduler.pacer (
  pacer       smallint PRIMARY KEY,        -- 1
  tokens      double precision NOT NULL,   -- devices
  refilled_at timestamptz NOT NULL
);

ALTER TABLE update_scheduler.ring OWNER TO lamp_update_scheduler;
ALTER TABLE update_scheduler.pacer OWNER TO lamp_update_scheduler;
CREATE OR REPLACE VIEW update_scheduler.occurrence_v1 AS SELECT * FROM update_scheduler.occurrence;
CREATE OR REPLACE VIEW update_scheduler.rollout_v1 AS SELECT * FROM update_scheduler.rollout;
CREATE OR REPLACE VIEW update_scheduler.wave_v1 AS SELECT * FROM update_scheduler.wave;
CREATE OR REPLACE VIEW update_scheduler.device_update_v1 AS SELECT * FROM update_scheduler.device_update;
CREATE VIEW update_scheduler.ring_v1 AS SELECT * FROM update_scheduler.ring;
ALTER VIEW update_scheduler.ring_v1 OWNER TO lamp_update_scheduler;
GRANT SELECT ON update_scheduler.ring_v1 TO lamp_admin_api, lamp_ddm;
