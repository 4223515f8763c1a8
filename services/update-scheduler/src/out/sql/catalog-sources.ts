/** $1 jsonb [{source, kind, location}]. Another place is due at once, and its validators say nothing of it. */
export const configureSources = {
  text: `
INSERT INTO update_scheduler.catalog_source AS s (source, kind, location, next_at)
SELECT v.source, v.kind, v.location, clock_timestamp()
  FROM jsonb_to_recordset($1::jsonb) AS v (source text, kind text, location text)
 ORDER BY v.source
ON CONFLICT (source) DO UPDATE
   SET location = EXCLUDED.location, kind = EXCLUDED.kind, next_at = EXCLUDED.next_at, etag = NULL, last_modified = NULL,
       failures = 0, failing_since = NULL, error_code = NULL, error = NULL, remedy = NULL
 WHERE s.location IS DISTINCT FROM EXCLUDED.location`,
};

/** $1 the sources that are fetched: the others are so no longer, and those that have no copy are none. */
export const dropSources = {
  text: `
WITH gone AS (DELETE FROM update_scheduler.catalog_source WHERE listed IS NULL AND source <> ALL ($1::text[]))
UPDATE update_scheduler.catalog_source
   SET location = NULL, next_at = NULL, etag = NULL, last_modified = NULL, failures = 0, failing_since = NULL, error_code = NULL,
       error = NULL, remedy = NULL
 WHERE location IS NOT NULL AND listed IS NOT NULL AND source <> ALL ($1::text[])`,
};

/** $1 sources that this process can fetch, $2 seconds of the lease, $3 the reader: what an older one read is fetched whole. */
export const claimSource = {
  text: `
UPDATE update_scheduler.catalog_source
   SET attempt = attempt + 1, attempted_at = clock_timestamp(), leased_until = clock_timestamp() + make_interval(secs => $2)
 WHERE source = (SELECT source FROM update_scheduler.catalog_source
                  WHERE source = ANY ($1::text[]) AND next_at <= clock_timestamp()
                    AND (leased_until IS NULL OR leased_until < clock_timestamp())
                  ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING source, attempt, failures,
          CASE WHEN listed IS NOT NULL AND reader = $3 THEN etag END AS etag,
          CASE WHEN listed IS NOT NULL AND reader = $3 THEN last_modified END AS "lastModified",
          CASE WHEN listed IS NOT NULL AND reader = $3 THEN digest END AS digest`,
};

/** $1 source, $2 attempt, $3 seconds until the next, $4 whether it was good, $5 etag, $6 last-modified, $7 code, $8 error, $9 remedy */
export const settleSource = {
  text: `
UPDATE update_scheduler.catalog_source
   SET leased_until = NULL, next_at = clock_timestamp() + make_interval(secs => $3),
       succeeded_at = CASE WHEN $4 THEN clock_timestamp() ELSE succeeded_at END,
       etag = CASE WHEN $4 THEN $5 ELSE etag END,
       last_modified = CASE WHEN $4 THEN $6 ELSE last_modified END,
       failures = CASE WHEN $4 THEN 0 ELSE failures + 1 END,
       failing_since = CASE WHEN NOT $4 THEN coalesce(failing_since, clock_timestamp()) END,
       error_code = $7, error = $8, remedy = $9
 WHERE source = $1 AND attempt = $2 AND location IS NOT NULL
RETURNING source`,
};

/** $1 sources, or null for all that are fetched. */
export const makeDue = {
  text: `
UPDATE update_scheduler.catalog_source SET next_at = clock_timestamp()
 WHERE location IS NOT NULL AND ($1::text[] IS NULL OR source = ANY ($1))
RETURNING source`,
};
