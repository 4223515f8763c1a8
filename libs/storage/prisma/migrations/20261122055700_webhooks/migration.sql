-- Who is told of what devices say, and what is on its way to them.
CREATE TABLE admin_api.webhook (
  tenant        text NOT NULL,
  name          text NOT NULL,
  url           text NOT NULL,
  topics        text[] NOT NULL,
  sealed_secret bytea,                       -- key of the signature, sealed
  enabled       boolean NOT NULL,
  created_at    timestamptz NOT NULL,
  updated_at    timestamptz NOT NULL,
  since         timestamptz NOT NULL,        -- events from then on are sent: when it was made, or last enabled
  listen_from   timestamptz NOT NULL,        -- a moment before that by the database's clock: where listening begins
  dropped       bigint NOT NULL DEFAULT 0,   -- events that were not kept: too many waited
  PRIMARY KEY (tenant, name)
);

-- One row per (webhook, event), gone once delivered. Its instants but `at` are the database's own.
CREATE TABLE admin_api.webhook_delivery (
  tenant      text NOT NULL,
  webhook     text NOT NULL,
  event_id    uuid NOT NULL,
  seq         bigint GENERATED ALWAYS AS IDENTITY,
  topic       text NOT NULL,
  device_id   text COLLATE "C" NOT NULL,
  at          timestamptz NOT NULL,
  event       text NOT NULL,                 -- JSON: what the body is made of; large answers by reference
  attempts    int NOT NULL DEFAULT 0,        -- also the fence: an attempt that outlived its lease changes nothing
  next_at     timestamptz NOT NULL DEFAULT now(), -- while an attempt is under way: when another process may try
  expires_at  timestamptz NOT NULL,
  failed_at   timestamptz,                   -- given up
  last_status int,
  last_error  text,
  PRIMARY KEY (tenant, webhook, event_id),
  FOREIGN KEY (tenant, webhook) REFERENCES admin_api.webhook ON DELETE CASCADE
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX webhook_delivery_due ON admin_api.webhook_delivery (tenant, webhook, next_at, seq) WHERE failed_at IS NULL;
CREATE INDEX webhook_delivery_order ON admin_api.webhook_delivery (tenant, webhook, seq);

ALTER TABLE admin_api.webhook OWNER TO lamp_admin_api;
ALTER TABLE admin_api.webhook_delivery OWNER TO lamp_admin_api;
