/**
 * Begins a sweep that is due, or goes on with one. The lock keeps others from the same devices until this part is committed. $1 now
 */
export const takeSweep = {
  name: 'watch-take-sweep',
  text: `SELECT cursor_tenant AS "cursorTenant", cursor_device AS "cursorDevice", peers FROM update_scheduler.watch_sweep
          WHERE cursor_tenant IS NOT NULL OR next_at <= $1 FOR UPDATE SKIP LOCKED`,
};

/** Before the two that follow: their costs cannot be guessed, and row by row they would never end. */
export const planner = {
  name: 'watch-settings',
  text: `SELECT set_config(name, 'off', true) FROM unnest(ARRAY['enable_nestloop', 'jit']) AS name`,
};

type Within = (alias: string) => string;
const everywhere: Within = () => 'true';

/** Devices of our own; user channels are none. */
const devices = (within: Within) => `
  SELECT e.tenant, e.device_id, e.last_seen_at AS seen_at, e.certificate_ends_at,
         e.status = 'enrolled' AND e.source IS NULL AS is_ours
    FROM command_queue.enrollment_v1 e WHERE e.parent_id IS NULL AND ${within('e')}`;

// Woken for something that still waits, after its last contact. A push goes out when a command is queued or its time comes.
const woken = (within: Within) => `
  SELECT p.tenant, p.device_id, min(greatest(p.created_at, p.not_before)) AS woken_at, sum(p.push_count)::int AS pushes
    FROM command_queue.pending_v1 p JOIN scanned e ON e.tenant = p.tenant AND e.device_id = p.device_id
   WHERE p.push_count > 0 AND e.is_ours AND greatest(p.created_at, p.not_before) > coalesce(e.seen_at, '-infinity')
     AND ${within('p')}
   GROUP BY p.tenant, p.device_id`;

/**
 * How many came and how many did not, by tenant and time zone: what a silent device is compared with. Reads the fleet once, at
 * the beginning of a sweep. $1 what is silent was woken before this, $2 who came came since this
 */
export const readPeers = {
  text: `WITH scanned AS MATERIALIZED (${devices(everywhere)}), woken AS (${woken(everywhere)})
    SELECT e.tenant, coalesce(d.time_zone, '') AS zone,
           count(*) FILTER (WHERE e.seen_at > $2)::int AS came,
           count(*) FILTER (WHERE w.woken_at <= $1)::int AS silent
      FROM scanned e
      LEFT JOIN woken w ON w.tenant = e.tenant AND w.device_id = e.device_id
      LEFT JOIN status_ingestion.device_v1 d ON d.tenant = e.tenant AND d.device_id = e.device_id
     WHERE e.is_ours
     GROUP BY e.tenant, coalesce(d.time_zone, '')`,
};

/** The last device of the next part; none where fewer are left. $1 tenant and $2 device of the cursor, $3 how many */
export const reach = {
  name: 'watch-reach',
  text: `SELECT tenant, device_id AS "deviceId" FROM command_queue.enrollment_v1 e
          WHERE (e.tenant, e.device_id) > ($1, $2) ORDER BY e.tenant, e.device_id OFFSET $3 - 1 LIMIT 1`,
};

/**
 * The devices of one part of a sweep. Plan, unnamed so that it is made for this part: enrollments, commands, updates and findings between the
 * two devices by their keys, hashed together. Findings are written where they are new or worse, and once an hour; cleared where they are gone.
 * $1 tenant and $2 device of the cursor, $3 now, $4 silent, $5 stuck, $6 update and $7 certificate before, $8 peers, $9 fewest peers that
 * came, $10 share of peers that came, $11 the world's time; $12 tenant and $13 device that it goes up to, where it is not the last part
 */
export function sweep(isLast: boolean): { text: string } {
  const within: Within = (alias) => {
    const key = `(${alias}.tenant, ${alias}.device_id)`;
    return `${key} > ($1, $2)${isLast ? '' : ` AND ${key} <= ($12, $13)`}`;
  };
  return {
    text: `WITH scanned AS MATERIALIZED (${devices(within)}), woken AS (${woken(within)}), ${found(within)}, ${write(within)}`,
  };
}

const found = (within: Within) => `silent AS (
  SELECT e.tenant, e.device_id, e.seen_at, w.woken_at, w.pushes, d.time_zone, x.came, x.silent,
         w.woken_at <= $5 AND coalesce(e.seen_at, '-infinity') <= $5 AND x.came >= $9::int
           AND x.came >= $10::float8 * (x.came + x.silent) AS is_stuck
    FROM scanned e JOIN woken w ON w.tenant = e.tenant AND w.device_id = e.device_id AND w.woken_at <= $4
    LEFT JOIN status_ingestion.device_v1 d ON d.tenant = e.tenant AND d.device_id = e.device_id AND ${within('d')}
    LEFT JOIN jsonb_to_recordset($8::jsonb) AS x (tenant text, zone text, came int, silent int)
           ON x.tenant = e.tenant AND x.zone = coalesce(d.time_zone, '')
), slow AS (
  SELECT DISTINCT ON (u.tenant, u.device_id) u.tenant, u.device_id, u.state, u.target_version, u.rollout_id,
         coalesce(u.progressed_at, u.commanded_at) AS since
    FROM scanned e JOIN update_scheduler.device_update u ON u.tenant = e.tenant AND u.device_id = e.device_id
   WHERE e.is_ours AND u.state IN ('commanded', 'downloading', 'downloaded', 'installing')
     -- What a person has put off or holds stands still rightly; so do a download that its policy leaves at that, and what waits for the
     -- time that its declaration names.
     AND coalesce(u.reason, '') NOT IN ('user-postponed', 'paused', 'ring-halted') AND u.step <> '' AND (u.lane <> 'ddm' OR u.stops_at <= $3)
     AND coalesce(u.progressed_at, u.commanded_at) <= $6
     AND ${within('u')}
   ORDER BY u.tenant, u.device_id, u.updated_at DESC
), lost AS (
  SELECT r.tenant, r.device_id, r.reported_at FROM status_ingestion.agent_report_v1 r
   WHERE r.facts ->> 'identityCertificate' = 'missing' AND ${within('r')}
), found AS (
  SELECT tenant, device_id, 'contact' AS topic, CASE WHEN is_stuck THEN 'mdm-client-stuck' ELSE 'silent-after-push' END AS kind,
         woken_at AS since,
         jsonb_strip_nulls(jsonb_build_object('lastContactAt', seen_at, 'pushes', pushes, 'zone', time_zone, 'peersCame', came,
           'peersSilent', silent)) AS evidence
    FROM silent
  UNION ALL
  SELECT tenant, device_id, 'update', 'update-stuck', since,
         jsonb_build_object('state', state, 'targetVersion', target_version, 'rolloutId', rollout_id)
    FROM slow
  UNION ALL
  SELECT e.tenant, e.device_id, 'certificate',
         CASE WHEN l.reported_at IS NOT NULL THEN 'certificate-missing'
              WHEN e.certificate_ends_at <= $11::timestamptz THEN 'certificate-expired' ELSE 'certificate-expiring' END,
         CASE WHEN l.reported_at IS NOT NULL THEN l.reported_at WHEN e.certificate_ends_at <= $11 THEN e.certificate_ends_at ELSE $3 END,
         jsonb_strip_nulls(jsonb_build_object('endsAt', e.certificate_ends_at, 'reportedAt', l.reported_at))
    FROM scanned e
    LEFT JOIN lost l ON l.tenant = e.tenant AND l.device_id = e.device_id AND l.reported_at > coalesce(e.seen_at, '-infinity')
   WHERE e.is_ours AND (e.certificate_ends_at <= $7 OR l.reported_at IS NOT NULL)
)`;

const write = (within: Within) => `written AS (
  INSERT INTO update_scheduler.watch AS w (tenant, device_id, topic, kind, since, found_at, checked_at, evidence)
  SELECT tenant, device_id, topic, kind, since, $3, $3, evidence FROM found
  ON CONFLICT (tenant, device_id, topic) DO UPDATE
     SET kind = EXCLUDED.kind, checked_at = EXCLUDED.checked_at, evidence = EXCLUDED.evidence, cleared_at = NULL,
         since = CASE WHEN w.cleared_at IS NULL THEN least(w.since, EXCLUDED.since) ELSE EXCLUDED.since END,
         found_at = CASE WHEN w.cleared_at IS NULL THEN w.found_at ELSE EXCLUDED.found_at END
   WHERE w.cleared_at IS NOT NULL OR w.kind <> EXCLUDED.kind OR w.checked_at <= EXCLUDED.checked_at - interval '1 hour'
  RETURNING w.tenant, w.device_id
), laddered AS (
  INSERT INTO update_scheduler.watch_ladder AS l (tenant, device_id, due_at)
  SELECT DISTINCT tenant, device_id, $3::timestamptz FROM written
  ON CONFLICT (tenant, device_id) DO UPDATE SET due_at = EXCLUDED.due_at WHERE l.due_at IS NULL
)
UPDATE update_scheduler.watch w SET cleared_at = $3
 WHERE w.cleared_at IS NULL AND ${within('w')}
   AND NOT EXISTS (SELECT FROM found f WHERE f.tenant = w.tenant AND f.device_id = w.device_id AND f.topic = w.topic)`;

/** $1 and $2 cursor, both null at the end; $3 next, $4 peers */
export const saveSweep = {
  name: 'watch-save-sweep',
  text: `UPDATE update_scheduler.watch_sweep SET cursor_tenant = $1, cursor_device = $2, next_at = $3, peers = $4::jsonb`,
};

/** $1 what was cleared before this, $2 steps that were taken before this, go */
export const forget = {
  name: 'watch-forget',
  text: `WITH gone AS (DELETE FROM update_scheduler.watch WHERE cleared_at < $1)
         DELETE FROM update_scheduler.watch_ladder
          WHERE due_at IS NULL AND greatest(pushed_at, pinged_at, synced_at, alerted_at, '-infinity') < $2`,
};

/** $1 now, $2 limit, $3 tenants that have no turn */
export const due = {
  name: 'watch-due',
  text: `
    SELECT l.tenant, l.device_id AS "deviceId", l.pushed_at AS push, l.pinged_at AS ping, l.synced_at AS sync, l.alerted_at AS alert,
           coalesce(e.reachable AND e.source IS NULL, false) AS "isReachable", coalesce(m.ddm_enabled, false) AS "hasDdm",
           coalesce((SELECT jsonb_agg(jsonb_build_object('kind', w.kind, 'since', w.since, 'evidence', w.evidence))
                       FROM update_scheduler.watch w
                      WHERE w.tenant = l.tenant AND w.device_id = l.device_id AND w.cleared_at IS NULL), '[]') AS findings
      FROM update_scheduler.watch_ladder l
      LEFT JOIN command_queue.enrollment_v1 e ON e.tenant = l.tenant AND e.device_id = l.device_id
      LEFT JOIN status_ingestion.device_ddm_v1 m ON m.tenant = l.tenant AND m.device_id = l.device_id
     WHERE l.due_at <= $1 AND l.tenant <> ALL($3::text[]) ORDER BY l.due_at LIMIT $2 FOR UPDATE OF l SKIP LOCKED`,
};

/** $1 tenants, $2 device ids, $3 steps or null, $4 due, $5 now */
export const note = {
  name: 'watch-note',
  text: `
    UPDATE update_scheduler.watch_ladder l
       SET due_at = v.due_at,
           pushed_at = CASE v.step WHEN 'push' THEN $5::timestamptz ELSE l.pushed_at END,
           pinged_at = CASE v.step WHEN 'ping' THEN $5::timestamptz ELSE l.pinged_at END,
           synced_at = CASE v.step WHEN 'sync' THEN $5::timestamptz ELSE l.synced_at END,
           alerted_at = CASE v.step WHEN 'alert' THEN $5::timestamptz ELSE l.alerted_at END
      FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS v (tenant, device_id, step, due_at)
     WHERE l.tenant = v.tenant AND l.device_id = v.device_id`,
};
