const DEVICE_COLUMNS = `
    SELECT device_id AS "deviceId", serial_number AS "serialNumber", enrolled, platform, os_version AS "osVersion",
           build_version AS "buildVersion", is_supervised AS supervised, facts_at AS "factsAt", last_answer_at AS "lastAnswerAt"
      FROM status_ingestion.device_v1`;

export const DEVICE = { name: 'why-device', text: `${DEVICE_COLUMNS} WHERE tenant = $1 AND device_id = $2` };

/** Of several devices of a serial number the one that is enrolled, else the newest. Plan: device_serial. */
export const DEVICE_OF_SERIAL = {
  name: 'why-device-of-serial',
  text: `${DEVICE_COLUMNS}
     WHERE tenant = $1 AND upper(serial_number) = upper($2)
     ORDER BY enrolled DESC, updated_at DESC LIMIT 1`,
};

export const ENROLLMENT = {
  name: 'why-enrollment',
  text: `
    SELECT status, enrolled_at AS "enrolledAt", left_at AS "leftAt", last_seen_at AS "lastSeenAt", push_gone_at AS "goneAt",
           source IS NULL AND NOT has_bootstrap_token AND EXISTS (
             SELECT FROM status_ingestion.available_update_v1 a
              WHERE a.tenant = e.tenant AND a.device_id = e.device_id AND a.requires_bootstrap_token) AS "lacksBootstrapToken"
      FROM command_queue.enrollment_v1 e WHERE tenant = $1 AND device_id = $2`,
};

export const UPDATES = {
  name: 'why-updates',
  text: `
    SELECT u.rollout_id AS "rolloutId", p.name AS "policyName", r.policy_version AS "policyVersion", u.state, u.reason,
           u.from_version AS "fromVersion", u.target_version AS "targetVersion", u.target_build AS "targetBuild",
           u.command_id AS "commandId", u.commanded_at AS "commandedAt", u.updated_at AS "updatedAt", u.stops_at AS "stopsAt",
           w.release_at AS "releaseAt", w.released_at AS "releasedAt", e.detail
      FROM update_scheduler.device_update_v1 u
      JOIN update_scheduler.rollout_v1 r ON r.tenant = u.tenant AND r.rollout_id = u.rollout_id
      JOIN update_scheduler.policy_v1 p ON p.tenant = r.tenant AND p.policy_id = r.policy_id
      LEFT JOIN update_scheduler.wave_v1 w ON w.tenant = u.tenant AND w.occurrence_id = u.occurrence_id AND w.wave = u.wave
      LEFT JOIN LATERAL (
             SELECT detail FROM update_scheduler.update_event_v1 e
              WHERE e.tenant = u.tenant AND e.device_id = u.device_id AND e.rollout_id = u.rollout_id
              ORDER BY e.version DESC, e.at DESC LIMIT 1) e ON true
     WHERE u.tenant = $1 AND u.device_id = $2
     ORDER BY u.updated_at DESC LIMIT 20`,
};

export const LAST_PUSH = {
  name: 'why-last-push',
  text: `SELECT at, outcome, reason FROM apns_push.push_v1 WHERE tenant = $1 AND device_id = $2 ORDER BY at DESC LIMIT 1`,
};

export const REPORTS = {
  name: 'why-reports',
  text: `
    SELECT at, report_id AS "reportId", request_type AS "requestType", status, observation->>'explanation' AS explanation,
           error_chain AS "errorChain"
      FROM status_ingestion.report_v1 WHERE tenant = $1 AND device_id = $2 ORDER BY at DESC LIMIT 20`,
};

/** One pass over the rollout's devices. */
export const REASONS = {
  name: 'rollout-reasons-told',
  text: `
    SELECT state, reason, count(*) AS devices, min(device_id) AS first, max(device_id) AS last
      FROM update_scheduler.device_update_v1
     WHERE tenant = $1 AND rollout_id = $2
     GROUP BY state, reason ORDER BY devices DESC, state, reason`,
};

export const ROLLOUT = {
  name: 'rollout-of-reasons',
  text: `
    SELECT r.rollout_id AS "rolloutId", p.name AS "policyName", r.policy_version AS "policyVersion", r.state
      FROM update_scheduler.rollout_v1 r
      JOIN update_scheduler.policy_v1 p ON p.tenant = r.tenant AND p.policy_id = r.policy_id
     WHERE r.tenant = $1 AND r.rollout_id = $2`,
};
