/** $1 tenant */
export const identifiers = {
  text: 'SELECT identifier AS name FROM ddm.declaration_v1 WHERE tenant = $1 ORDER BY identifier',
};

/** $1 tenant, $2 identifier */
export const document = {
  text: 'SELECT document AS name FROM ddm.declaration_v1 WHERE tenant = $1 AND identifier = $2',
};

/** Those that hold something. $1 tenant */
export const sets = {
  text: `
SELECT DISTINCT name COLLATE "C" AS name FROM ddm.declaration_set_v1
 WHERE tenant = $1 AND name IS NOT NULL AND identifier IS NOT NULL ORDER BY 1`,
};

/** $1 tenant, $2 set name */
export const identifiersOfSet = {
  text: `
SELECT identifier AS name FROM ddm.declaration_set_v1
 WHERE tenant = $1 AND name = $2 AND identifier IS NOT NULL ORDER BY identifier`,
};

/** $1 tenant, $2 identifier */
export const setsOfDeclaration = {
  text: `
SELECT name COLLATE "C" AS name FROM ddm.declaration_set_v1
 WHERE tenant = $1 AND identifier = $2 AND name IS NOT NULL ORDER BY 1`,
};

/** $1 tenant, $2 device id */
export const setsOfDevice = {
  text: `
SELECT DISTINCT set_name COLLATE "C" AS name FROM ddm.assignment_v1
 WHERE tenant = $1 AND device_id = $2 AND set_name IS NOT NULL ORDER BY 1`,
};

/** $1 tenant, $2 group */
export const setsOfGroup = {
  text: 'SELECT set_name AS name FROM ddm.group_set_v1 WHERE tenant = $1 AND group_name = $2 AND is_given ORDER BY 1',
};

/** $1 tenant, $2 device ids */
export const statuses = {
  text: `
SELECT device_id AS "deviceId", kind, identifier, server_token AS "serverToken", active, valid, reasons,
       reported_at AS "reportedAt", is_current AS "isCurrent",
       (SELECT r.report_id FROM ddm.status_report_v1 r
         WHERE r.tenant = s.tenant AND r.device_id = s.device_id AND r.at = s.reported_at LIMIT 1) AS "reportId"
  FROM ddm.declaration_status_v1 s
 WHERE tenant = $1 AND device_id = ANY($2) ORDER BY device_id, kind, identifier`,
};

/** By the keys of device, enrollment and assignment. $1 tenant, $2 device id */
export const ofDevice = {
  text: `
SELECT d.device_id AS "deviceId", e.source, d.capabilities, d.identifiers, coalesce(d.left_out, '{}') AS "leftOut",
       d.synced_token = d.declarations_token AS "isInSync", d.told_at AS "toldAt", d.synced_at AS "syncedAt", d.reported_at AS "reportedAt",
       coalesce((SELECT json_agg(json_build_object('cause', a.cause, 'set', a.set_name, 'since', a.sent_at) ORDER BY a.cause)
                   FROM ddm.assignment_v1 a WHERE a.tenant = $1 AND a.device_id = $2), '[]') AS assignments
  FROM ddm.device_v1 d
  LEFT JOIN command_queue.enrollment_v1 e ON e.tenant = d.tenant AND e.device_id = d.device_id
 WHERE d.tenant = $1 AND d.device_id = $2`,
};

/** For each device an index scan in each day's partition. $1 tenant, $2 device ids */
export const currentReports = {
  text: `
SELECT r.device_id AS "deviceId", r.report_id AS "reportId", r.at, r.report
  FROM unnest($2::text[]) AS g(device_id)
  LEFT JOIN LATERAL (
       SELECT f.at FROM ddm.status_report_v1 f
        WHERE f.tenant = $1 AND f.device_id = g.device_id AND f.report @> '{"FullReport": true}'
        ORDER BY f.at DESC LIMIT 1) full_one ON true
 CROSS JOIN LATERAL (
       SELECT r.* FROM ddm.status_report_v1 r
        WHERE r.tenant = $1 AND r.device_id = g.device_id AND r.at >= coalesce(full_one.at, '-infinity')
        ORDER BY r.at DESC LIMIT 200) r
 ORDER BY r.device_id, r.at`,
};

/** $1 tenant, $2 device id, $3 report id or null, $4 how many are newer */
export const report = {
  text: `
SELECT r.device_id AS "deviceId", r.report_id AS "reportId", r.at, r.report, r.n - 1 AS index
  FROM (SELECT r.*, row_number() OVER (ORDER BY r.at DESC, r.report_id) AS n
          FROM ddm.status_report_v1 r WHERE r.tenant = $1 AND r.device_id = $2) r
 WHERE CASE WHEN $3::uuid IS NULL THEN r.n = $4::int + 1 ELSE r.report_id = $3 END`,
};
