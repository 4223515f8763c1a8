-- Where the catalogue comes from: one row a feed, with its last good copy. Instants are the database's own.
CREATE TABLE update_scheduler.catalog_source (
  source        text PRIMARY KEY,                -- gdmf | sofa-macos | sofa-ios | … | sucatalog
  kind          text NOT NULL,                   -- gdmf | sofa | sucatalog
  location      text,                            -- for people, without user and query; null: no setting names one
  listed        jsonb,                           -- the last good copy {releases, products}; null before the first
  digest        bytea,                           -- of the document it was read from
  reader        int NOT NULL DEFAULT 0,          -- of what read it
  releases      int NOT NULL DEFAULT 0,
  products      int NOT NULL DEFAULT 0,
  copy_from     text,                            -- `fetched`, or who imported it
  copy_at       timestamptz,                     -- since when this copy is the one
  etag          text,                            -- of the fetched copy
  last_modified text,
  attempt       int NOT NULL DEFAULT 0,          -- counts fetches: fences late ones
  attempted_at  timestamptz,
  succeeded_at  timestamptz,                     -- the last fetch that brought a good copy, or said that it has not changed
  failures      int NOT NULL DEFAULT 0,          -- one after another; 0: it works
  failing_since timestamptz,
  error_code    text,
  error         text,
  remedy        text,
  next_at       timestamptz,                     -- when to fetch it next; null: never
  leased_until  timestamptz                      -- somebody is fetching it
);
CREATE VIEW update_scheduler.catalog_source_v1 AS
  SELECT source, kind, location, releases, products, copy_from, copy_at, attempted_at, succeeded_at, failures, failing_since,
         error_code, error, remedy, next_at, (leased_until > clock_timestamp()) IS TRUE AS fetching
    FROM update_scheduler.catalog_source;

ALTER TABLE update_scheduler.release
  ADD COLUMN version_extra      text NOT NULL DEFAULT '',   -- `(a)`
  ADD COLUMN prerequisite_build text,                       -- of a Background Security Improvement
  ADD COLUMN name               text,
  ADD COLUMN latest             boolean NOT NULL DEFAULT false, -- SOFA: the newest of its major version
  ADD COLUMN beta               boolean NOT NULL DEFAULT false, -- never a target
  ADD COLUMN platforms          text[] NOT NULL DEFAULT '{}',
  DROP CONSTRAINT release_pkey,
  ADD PRIMARY KEY (source, os, version, version_extra, build);

-- What a model may take: no seeds, no improvements. `enforceable`: GDMF lists it for the model, so that declarations can enforce it.
ALTER TABLE update_scheduler.release_device
  ADD COLUMN origin      text NOT NULL DEFAULT 'gdmf',
  ADD COLUMN enforceable boolean NOT NULL DEFAULT true;

-- Security responses and improvements: on top of a build, hence never a release's rival.
CREATE TABLE update_scheduler.improvement_device (
  supported_device   text NOT NULL,
  os                 text NOT NULL,
  version            text NOT NULL,
  version_key        bigint NOT NULL,
  version_extra      text NOT NULL,
  build              text NOT NULL,
  prerequisite_build text,                       -- null: not known
  posted_at          date NOT NULL,
  expires_at         date,
  PRIMARY KEY (supported_device, os, version, version_extra, build)
);

-- What Macs name by product key.
CREATE TABLE update_scheduler.catalog_product (
  product_key       text PRIMARY KEY,
  kind              text NOT NULL,               -- installer | update
  name              text,
  version           text,                        -- null: no feed says
  version_key       bigint,
  build             text,
  posted_at         date,
  size_bytes        double precision,
  beta              boolean NOT NULL,
  supported_devices text[] NOT NULL              -- empty: no feed says
);

-- The catalogue that is there becomes GDMF's last good copy.
INSERT INTO update_scheduler.catalog_source (source, kind, listed, releases, copy_from, copy_at)
SELECT 'gdmf', 'gdmf', jsonb_build_object('products', '[]'::jsonb, 'releases', jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
         'set', source, 'os', os, 'version', version, 'build', build, 'postedAt', posted_at, 'expiresAt', expires_at,
         'supportedDevices', supported_devices)))), count(*), 'before the upgrade', clock_timestamp()
  FROM update_scheduler.release HAVING count(*) > 0;

CREATE OR REPLACE VIEW update_scheduler.release_v1 AS SELECT * FROM update_scheduler.release;
CREATE VIEW update_scheduler.release_device_v1 AS SELECT * FROM update_scheduler.release_device;
CREATE VIEW update_scheduler.improvement_device_v1 AS SELECT * FROM update_scheduler.improvement_device;
CREATE VIEW update_scheduler.catalog_product_v1 AS SELECT * FROM update_scheduler.catalog_product;

ALTER TABLE update_scheduler.catalog_source OWNER TO lamp_update_scheduler;
ALTER TABLE update_scheduler.improvement_device OWNER TO lamp_update_scheduler;
ALTER TABLE update_scheduler.catalog_product OWNER TO lamp_update_scheduler;
ALTER VIEW update_scheduler.catalog_source_v1 OWNER TO lamp_update_scheduler;
ALTER VIEW update_scheduler.release_device_v1 OWNER TO lamp_update_scheduler;
ALTER VIEW update_scheduler.improvement_device_v1 OWNER TO lamp_update_scheduler;
ALTER VIEW update_scheduler.catalog_product_v1 OWNER TO lamp_update_scheduler;
GRANT SELECT ON update_scheduler.catalog_source_v1, update_scheduler.release_device_v1, update_scheduler.improvement_device_v1,
  update_scheduler.catalog_product_v1 TO lamp_admin_api, lamp_ddm;

-- What else a device says of an update that it lists.
ALTER TABLE status_ingestion.available_update
  ADD COLUMN deferred_until           timestamptz,   -- macOS: a deferral keeps it from its user until then
  ADD COLUMN restart_required         boolean,
  ADD COLUMN allows_install_later     boolean,
  ADD COLUMN is_critical              boolean,
  ADD COLUMN requires_bootstrap_token boolean,
  ADD COLUMN supplemental_build       text,
  ADD COLUMN supplemental_extra       text,
  ADD COLUMN install_size             double precision;
CREATE OR REPLACE VIEW status_ingestion.available_update_v1 AS SELECT * FROM status_ingestion.available_update;

-- The catalogue is the same for all tenants: only a token with this right changes it.
ALTER TABLE admin_api.api_token ADD COLUMN installation boolean NOT NULL DEFAULT false;
UPDATE admin_api.api_token SET installation = true WHERE tenant = 'default' AND name = 'first-token';
