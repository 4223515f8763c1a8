import { DEVICE_COLUMNS, type DeviceRow } from './rollouts.ts';

export interface DeviceListRow {
  deviceId: string;
  enrolled: boolean;
  platform: string;
  productName: string | null;
  deviceName: string | null;
  serialNumber: string | null;
  osVersion: string | null;
  buildVersion: string | null;
  supervised: boolean | null;
  timeZone: string | null;
  lastAnswerAt: Date | null;
}

const COLUMNS = `
  SELECT device_id AS "deviceId", enrolled, platform, product_name AS "productName", device_name AS "deviceName",
         serial_number AS "serialNumber", os_version AS "osVersion", build_version AS "buildVersion",
         is_supervised AS supervised, time_zone AS "timeZone", last_answer_at AS "lastAnswerAt"
    FROM status_ingestion.device_v1`;

export const LIST = {
  name: 'device-list',
  text: `${COLUMNS}
    WHERE tenant = $1 AND device_id > $2
    ORDER BY device_id LIMIT $3`,
};

/**
 * Devices whose id, serial number or name is like $3, a beginning; ids as typed, in capitals or in small letters. Unnamed: the plan
 * follows the text. Where few devices match: device_pkey, device_serial and device_name together; where many do: along device_pkey up
 * to the limit.
 */
export const SEARCH = {
  text: `${COLUMNS}
    WHERE tenant = $1 AND device_id > $2
      AND (device_id LIKE $3::text OR device_id LIKE upper($3) OR device_id LIKE lower($3)
        OR upper(serial_number) LIKE upper($3) OR lower(device_name) LIKE lower($3))
    ORDER BY device_id LIMIT $4`,
};

export const ONE = { name: 'device-one', text: `${COLUMNS} WHERE tenant = $1 AND device_id = $2` };

export const SUMMARY = {
  name: 'fleet-summary',
  text: `
    SELECT platform, count(*) AS devices, count(*) FILTER (WHERE facts_at IS NOT NULL) AS "withFacts"
      FROM status_ingestion.device_v1
     WHERE tenant = $1 AND enrolled GROUP BY platform ORDER BY devices DESC`,
};

export type UpdateRow = DeviceRow & { rolloutId: string; policyName: string };

export const UPDATES = {
  name: 'device-updates',
  text: `
    SELECT ${DEVICE_COLUMNS}, d.rollout_id AS "rolloutId", p.name AS "policyName"
      FROM update_scheduler.device_update_v1 d
      JOIN update_scheduler.rollout_v1 r ON r.tenant = d.tenant AND r.rollout_id = d.rollout_id
      JOIN update_scheduler.policy_v1 p ON p.tenant = r.tenant AND p.policy_id = r.policy_id
     WHERE d.tenant = $1 AND d.device_id = $2
     ORDER BY r.created_at DESC LIMIT 50`,
};

export const AVAILABLE = {
  name: 'device-available',
  text: `
    SELECT product_key AS "productKey", version, build, reported_at AS "reportedAt"
      FROM status_ingestion.available_update_v1 WHERE tenant = $1 AND device_id = $2 ORDER BY product_key`,
};

export const ENROLLMENT = {
  name: 'device-enrollment',
  text: `
    SELECT status, generation, enrolled_at AS "enrolledAt", left_at AS "leftAt"
      FROM command_queue.enrollment_v1 WHERE tenant = $1 AND device_id = $2`,
};

export const COMMANDS = {
  name: 'device-commands',
  text: `
    SELECT command_id AS "commandId", request_type AS "requestType", cause, state, created_at AS "createdAt",
           not_before AS "notBefore", expires_at AS "expiresAt", sent_at AS "sentAt", sent_count AS "sentCount",
           not_now_count AS "notNowCount", finished_at AS "finishedAt", handed_to AS "handedTo", detail, traceparent
      FROM command_queue.command_v1 WHERE tenant = $1 AND device_id = $2 ORDER BY created_at DESC LIMIT 500`,
};

export const PUSHES = {
  name: 'device-pushes',
  text: `
    SELECT at, outcome, reason, traceparent
      FROM apns_push.push_v1 WHERE tenant = $1 AND device_id = $2 ORDER BY at DESC LIMIT 500`,
};

/** Of an error chain its first links: a device may send long ones, hundreds of times. */
export const REPORTS = {
  name: 'device-reports',
  text: `
    SELECT at, command_id AS "commandId", request_type AS "requestType", status, observation->>'explanation' AS explanation,
           jsonb_path_query_array(error_chain, '$[0 to 9]') AS "errorChain", traceparent
      FROM status_ingestion.report_v1 WHERE tenant = $1 AND device_id = $2 ORDER BY at DESC LIMIT 500`,
};

export const EVENTS = {
  name: 'device-events',
  text: `
    SELECT at, rollout_id AS "rolloutId", from_state AS "fromState", to_state AS "toState", reason, detail,
           command_id AS "commandId", traceparent
      FROM update_scheduler.update_event_v1 WHERE tenant = $1 AND device_id = $2 ORDER BY at DESC LIMIT 500`,
};
