/** $1 quiet before, $2 ended before, $3 swept before. A policy's newest version goes on, also when it was aborted. */
export const CLAIM = {
  name: 'keep-claim',
  text: `
SELECT r.tenant, r.rollout_id AS "rolloutId", r.sweep_cursor AS cursor, r.removed, coalesce(o.last_at, r.created_at) < $2 AS "isOld"
  FROM update_scheduler.rollout r
  LEFT JOIN update_scheduler.policy p ON p.tenant = r.tenant AND p.policy_id = r.policy_id
 CROSS JOIN LATERAL (
       SELECT max(w.closes_at) AS last_at, coalesce(bool_and(w.state = 'closed'), true) AS is_closed
         FROM update_scheduler.occurrence w WHERE w.tenant = r.tenant AND w.rollout_id = r.rollout_id) o
 WHERE (p.policy_id IS NULL OR p.archived_at IS NOT NULL OR p.version <> r.policy_version)
   AND (r.state <> 'aborted' OR r.ended_at IS NOT NULL)
   AND (r.swept_at IS NULL OR r.swept_at < $3)
   AND o.is_closed AND coalesce(o.last_at, r.created_at) < $1 AND r.rollout_id <> ALL($4::uuid[])
 ORDER BY r.swept_at NULLS FIRST, r.tenant, r.rollout_id LIMIT 1
   FOR UPDATE OF r SKIP LOCKED`,
};

/** $1 tenant, $2 rollout, $3 now. Plan: one range of the primary key. */
export const COUNT = {
  name: 'keep-count',
  text: `
UPDATE update_scheduler.rollout
   SET totals_at = $3,
       totals = (SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]')
                   FROM (SELECT state, reason, platform, count(*) AS devices,
                                count(*) FILTER (WHERE commanded_at IS NOT NULL) AS commanded,
                                count(*) FILTER (WHERE command_seq > 0 OR commanded_at IS NOT NULL) AS released
                           FROM update_scheduler.device_update WHERE tenant = $1 AND rollout_id = $2
                          GROUP BY state, reason, platform) c)
 WHERE tenant = $1 AND rollout_id = $2`,
};

/**
 * $1 tenant, $2 rollout, $3 after this device, $4 how many, $5 not moved since.
 * Plan: a range of the primary key, then a look-up by device for each (LIMIT in a scalar subquery cannot become a join of the tables).
 * "Newer" is asked of the row as it is: one that moved meanwhile is judged again.
 */
export const REMOVE_UPDATES = {
  name: 'keep-remove-updates',
  text: `
WITH page AS MATERIALIZED (
  SELECT u.device_id FROM update_scheduler.device_update u
   WHERE u.tenant = $1 AND u.rollout_id = $2 AND u.device_id > $3
   ORDER BY u.device_id LIMIT $4
), gone AS (
  DELETE FROM update_scheduler.device_update u
   USING page
   WHERE u.tenant = $1 AND u.rollout_id = $2 AND u.device_id = page.device_id
     AND u.updated_at < $5 AND u.due_at IS NULL
     AND (SELECT true FROM update_scheduler.device_update n
           WHERE n.tenant = $1 AND n.device_id = u.device_id AND (n.updated_at, n.rollout_id) > (u.updated_at, u.rollout_id) LIMIT 1)
  RETURNING 1
), told AS (
  UPDATE update_scheduler.rollout
     SET removed = removed + (SELECT count(*) FROM gone),
         sweep_cursor = CASE WHEN (SELECT count(*) FROM page) = $4 THEN (SELECT max(device_id) FROM page) END
   WHERE tenant = $1 AND rollout_id = $2
)
SELECT (SELECT count(*) FROM gone) AS removed, (SELECT count(*) FROM page) < $4 AS "isThrough"`,
};

/** $1 closed before, $2 how many, $3 after this tenant and $4 window, or null. */
export const OCCURRENCES = {
  name: 'keep-occurrences',
  text: `
SELECT o.tenant, o.occurrence_id AS "occurrenceId",
       (SELECT true FROM update_scheduler.device_update u
         WHERE u.tenant = o.tenant AND u.occurrence_id = o.occurrence_id LIMIT 1) IS NOT NULL AS "isNamed"
  FROM update_scheduler.occurrence o
 WHERE o.state = 'closed' AND o.closes_at < $1
   AND ($3::text IS NULL OR (o.tenant, o.occurrence_id) > ($3, $4::uuid))
 ORDER BY o.tenant, o.occurrence_id LIMIT $2`,
};

/** $1 tenants, $2 windows. */
export const REMOVE_WAVES = {
  name: 'keep-remove-waves',
  text: `DELETE FROM update_scheduler.wave w USING unnest($1::text[], $2::uuid[]) AS v (tenant, occurrence_id)
          WHERE w.tenant = v.tenant AND w.occurrence_id = v.occurrence_id`,
};
export const REMOVE_OCCURRENCES = {
  name: 'keep-remove-occurrences',
  text: `DELETE FROM update_scheduler.occurrence o USING unnest($1::text[], $2::uuid[]) AS v (tenant, occurrence_id)
          WHERE o.tenant = v.tenant AND o.occurrence_id = v.occurrence_id RETURNING o.occurrence_id`,
};

/** $1 tenant, $2 rollout. */
export const REMOVE_ROLLOUT = {
  name: 'keep-remove-rollout',
  text: `
WITH gone AS (
  DELETE FROM update_scheduler.rollout r
   WHERE r.tenant = $1 AND r.rollout_id = $2
     AND (SELECT true FROM update_scheduler.device_update u WHERE u.tenant = $1 AND u.rollout_id = $2 LIMIT 1) IS NULL
     AND (SELECT true FROM update_scheduler.occurrence o WHERE o.tenant = $1 AND o.rollout_id = $2 LIMIT 1) IS NULL
  RETURNING r.tenant, r.rollout_id
), rings AS (
  DELETE FROM update_scheduler.ring g USING gone WHERE g.tenant = gone.tenant AND g.rollout_id = gone.rollout_id
)
SELECT count(*) AS removed FROM gone`,
};

/** $1 tenant, $2 rollout, $3 now. */
export const SWEPT = {
  name: 'keep-swept',
  text: `UPDATE update_scheduler.rollout SET swept_at = $3, sweep_cursor = NULL WHERE tenant = $1 AND rollout_id = $2`,
};

/** $1 made before, $2 how many. Of what there is the newest stays; that something was removed (no spec) goes after all its versions. */
export const REMOVE_VERSIONS = {
  name: 'keep-remove-versions',
  text: `
WITH old AS MATERIALIZED (
  SELECT v.ctid AS place FROM update_scheduler.spec_version v
   WHERE v.changed_at < $1
     AND (EXISTS (SELECT FROM update_scheduler.spec_version n
                   WHERE n.tenant = v.tenant AND n.kind = v.kind AND n.id = v.id AND n.version > v.version)
       OR v.spec IS NULL AND NOT EXISTS (
                  SELECT FROM update_scheduler.spec_version o
                   WHERE o.tenant = v.tenant AND o.kind = v.kind AND o.id = v.id AND o.version < v.version))
     AND NOT EXISTS (
          SELECT FROM update_scheduler.rollout r
           WHERE v.kind = 'policy' AND r.tenant = v.tenant AND r.policy_id::text = v.id AND r.policy_version = v.version)
   ORDER BY v.changed_at, v.version LIMIT $2 FOR UPDATE SKIP LOCKED
)
DELETE FROM update_scheduler.spec_version v USING old WHERE v.ctid = old.place RETURNING v.version`,
};

/** $1 archived before. */
export const REMOVE_POLICIES = {
  name: 'keep-remove-policies',
  text: `DELETE FROM update_scheduler.policy p
          WHERE p.archived_at < $1
            AND NOT EXISTS (SELECT FROM update_scheduler.rollout r WHERE r.tenant = p.tenant AND r.policy_id = p.policy_id)
         RETURNING p.policy_id`,
};
