/**
 * Plans the next devices of an occurrence: judged against the catalogue, written over what a former night left, dealt into waves.
 *
 * Plan: index scan of device (primary key, from the cursor, stops at the limit) → hash join with the best releases (a few
 * thousand rows, sorted once) → one primary-key look-up per device in this rollout's rows → insert. Cost follows the chunk, not
 * the fleet. The planner cannot guess how many rows a chunk has and would join it row by row with itself: run it
 * unnamed (planned each time), with nested loops, sequential and bitmap scans and jit off; the look-ups are LATERAL, which stays a nested loop.
 *
 * $1 tenant, $2 rollout, $3 occurrence, $4 zone or `*`, $5 default zone, $6 platforms, $7 cursor, $8 limit, $9 now, $10 today,
 * $11 whether within the current major only, $12 and $13 bounds of the version key, $14 build or null, $15 first wave,
 * $16 wave size, $17 release of the first wave, $18 ms between waves, $19 stop time, $20 lost before, $21 changed since or null,
 * $22 other rollouts that may hold a device
 */
export const planChunk = {
  text: `
WITH scanned AS MATERIALIZED (
  SELECT d.device_id, d.platform, d.os_version, d.os_version_key, d.is_supervised,
         CASE d.platform WHEN 'macOS' THEN d.software_update_device_id ELSE d.product_name END AS model
    FROM status_ingestion.device_v1 d
   WHERE d.tenant = $1 AND d.device_id > $7 AND d.enrolled AND strpos(d.device_id, ':') = 0
     AND d.platform = ANY($6::text[])
     AND ($4 = '*' OR coalesce(d.time_zone, $5) = $4)
     AND ($21::timestamptz IS NULL OR d.updated_at > $21)
   ORDER BY d.device_id
   LIMIT $8
), best AS MATERIALIZED (
  SELECT DISTINCT ON (r.supported_device, CASE WHEN $11 THEN r.version_key / 1000000 END)
         r.supported_device, CASE WHEN $11 THEN r.version_key / 1000000 END AS major, r.version, r.version_key, r.build
    FROM update_scheduler.release_device r
   WHERE (r.expires_at IS NULL OR r.expires_at > $10::date)
     AND r.version_key BETWEEN $12 AND $13 AND ($14::text IS NULL OR r.build = $14)
   ORDER BY r.supported_device, CASE WHEN $11 THEN r.version_key / 1000000 END, r.version_key DESC, length(r.build), r.build
), judged AS (
  SELECT s.device_id, s.platform, s.os_version, coalesce(b.version, '') AS target_version, coalesce(b.build, '') AS target_build,
         CASE
           WHEN s.os_version_key >= b.version_key THEN 'already-at-target'
           WHEN s.os_version_key IS NULL OR s.model IS NULL OR s.is_supervised IS NULL THEN 'facts-missing'
           WHEN s.os_version_key >= 27000000 OR s.platform = 'visionOS' THEN 'ddm-lane-pending'
           WHEN NOT s.is_supervised THEN 'not-supervised'
           WHEN b.version_key IS NULL THEN 'no-release'
           WHEN $22::uuid[] <> '{}' AND EXISTS (
             SELECT FROM update_scheduler.device_update o
              WHERE o.tenant = $1 AND o.rollout_id = ANY($22) AND o.device_id = s.device_id
                AND (o.state IN ('scanning','available','commanded','downloading','downloaded','installing') AND o.stops_at >= $20
                  OR o.state = 'planned' AND o.stops_at > $9)) THEN 'other-rollout'
         END AS reason,
         s.os_version_key < b.version_key AS below
    FROM scanned s
    LEFT JOIN best b ON b.supported_device = s.model AND (NOT $11 OR b.major = s.os_version_key / 1000000)
), dealt AS (
  SELECT j.*, old.state AS old_state, old.version AS old_version, old.occurrence_id AS old_occurrence,
         CASE WHEN j.reason IS NULL THEN 'planned' WHEN j.reason = 'already-at-target' THEN 'installed' ELSE 'not-eligible' END AS state,
         (row_number() OVER (PARTITION BY j.reason IS NULL ORDER BY hashtext(j.device_id)) - 1) / $16::int AS batch
    FROM judged j
    LEFT JOIN LATERAL (
           SELECT o.* FROM update_scheduler.device_update o
            WHERE o.tenant = $1 AND o.rollout_id = $2 AND o.device_id = j.device_id LIMIT 1) old ON true
   WHERE old.device_id IS NULL
      OR (old.state = 'not-eligible' AND j.reason IS DISTINCT FROM old.reason)
      OR (old.occurrence_id <> $3 AND (
            old.state IN ('waiting','planned')
         OR (old.state = 'failed' AND old.reason IS DISTINCT FROM 'aborted')
         OR (old.state IN ('installed','superseded') AND j.below
             AND (old.state = 'installed' OR string_to_array(j.target_version, '.')::int[] > string_to_array(old.target_version, '.')::int[]))
         OR (old.stops_at < $20 AND old.state IN ('scanning','available','commanded','downloading','downloaded','installing'))))
), written AS (
  INSERT INTO update_scheduler.device_update AS u (tenant, rollout_id, device_id, occurrence_id, wave, state, reason, step, platform, lane,
         from_version, target_version, target_build, version, stops_at, updated_at)
  SELECT $1, $2, device_id, $3, CASE WHEN state = 'planned' THEN $15::int + batch ELSE -1 END, state, reason, '', platform,
         CASE WHEN reason = 'ddm-lane-pending' THEN 'ddm' ELSE 'mdm' END,
         os_version, target_version, target_build, coalesce(old_version + 1, 0), $19, $9
    FROM dealt
  ON CONFLICT (tenant, rollout_id, device_id) DO UPDATE
     SET occurrence_id = EXCLUDED.occurrence_id, wave = EXCLUDED.wave, state = EXCLUDED.state, reason = EXCLUDED.reason, step = '',
         platform = EXCLUDED.platform, lane = EXCLUDED.lane, from_version = EXCLUDED.from_version, target_version = EXCLUDED.target_version,
         target_build = EXCLUDED.target_build, product_key = NULL, command_id = NULL, install_seq = 0, version = EXCLUDED.version,
         stops_at = EXCLUDED.stops_at, commanded_at = NULL, updated_at = EXCLUDED.updated_at, traceparent = NULL
   WHERE u.version = EXCLUDED.version - 1
  -- The subselect sees the row as it was before this statement.
  RETURNING u.device_id, u.state, u.wave, u.version, u.reason, u.target_version,
            (SELECT o.state FROM update_scheduler.device_update o
              WHERE o.tenant = u.tenant AND o.rollout_id = u.rollout_id AND o.device_id = u.device_id) AS old_state
), told AS (
  INSERT INTO update_scheduler.update_event (tenant, device_id, rollout_id, version, at, from_state, to_state, reason, detail)
  SELECT $1, w.device_id, $2, w.version, $9, coalesce(w.old_state, 'planned'), w.state, w.reason,
         CASE w.state WHEN 'planned' THEN 'Planned for wave ' || w.wave || ', target ' || w.target_version || '.'
                      WHEN 'installed' THEN 'The device runs the target version or a newer one; nothing is sent.'
                      ELSE 'The device takes no part in this window.' END
    FROM written w
), waves AS (
  INSERT INTO update_scheduler.wave (tenant, occurrence_id, wave, rollout_id, release_at, devices)
  SELECT $1, $3, wave, $2, $17::timestamptz + (wave - $15::int) * make_interval(secs => $18::float8 / 1000), count(*)
    FROM written WHERE state = 'planned' GROUP BY wave
  RETURNING wave
)
SELECT (SELECT count(*) FROM scanned) AS scanned,
       coalesce((SELECT max(device_id COLLATE "C") FROM scanned), '') AS cursor,
       (SELECT count(*) FROM written WHERE state = 'planned') AS planned,
       CASE WHEN $21::timestamptz IS NULL
            THEN (SELECT count(*) FROM judged WHERE reason IS NOT NULL AND reason <> 'already-at-target')
            ELSE (SELECT count(*) FILTER (WHERE state = 'not-eligible' AND old_state IS NULL)
                       - count(*) FILTER (WHERE state <> 'not-eligible' AND old_state = 'not-eligible') FROM dealt) END AS not_eligible,
       CASE WHEN $21::timestamptz IS NULL
            THEN (SELECT count(*) FROM judged WHERE reason = 'already-at-target')
            ELSE (SELECT count(*) FROM dealt WHERE state = 'installed') END AS already_installed,
       (SELECT count(*) FROM waves) AS waves`,
};
