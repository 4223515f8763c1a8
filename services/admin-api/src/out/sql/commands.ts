export interface CommandRow {
  commandId: string;
  requestType: string;
  cause: string;
  priority: number;
  state: string;
  createdAt: Date;
  notBefore: Date | null;
  expiresAt: Date;
  dueAt: Date | null;
  pushCount: number;
  sentAt: Date | null;
  sentCount: number;
  firstNotNowAt: Date | null;
  notNowCount: number;
  finishedAt: Date | null;
  noPush: boolean;
  source: string | null;
  handedTo: string | null;
  detail: string | null;
  traceparent: string | null;
}

const COLUMNS = `
  SELECT command_id AS "commandId", request_type AS "requestType", cause, priority, state, created_at AS "createdAt",
         not_before AS "notBefore", expires_at AS "expiresAt", due_at AS "dueAt", push_count AS "pushCount",
         sent_at AS "sentAt", sent_count AS "sentCount", not_now_at AS "firstNotNowAt", not_now_count AS "notNowCount",
         finished_at AS "finishedAt", no_push AS "noPush", source, handed_to AS "handedTo", detail, traceparent
    FROM command_queue.command_v1`;

/**
 * Plan: the device's part of command_pkey and of each kept day's key, then a sort: the cost follows one device's commands.
 * $1 tenant, $2 device id, $3 pending only (true), finished only (false) or both (null), $4, $5 before this, $6 limit
 */
export const PAGE = {
  name: 'device-command-page',
  text: `${COLUMNS}
    WHERE tenant = $1 AND device_id = $2 AND ($3::boolean IS NULL OR (finished_at IS NULL) = $3)
      AND ($4::timestamptz IS NULL OR (created_at, command_id) < ($4, $5::uuid))
    ORDER BY created_at DESC, command_id DESC LIMIT $6`,
};

/** Plan: command_pkey. $1 tenant, $2 device id */
export const PENDING = {
  name: 'device-commands-pending',
  text: `${COLUMNS}
    WHERE tenant = $1 AND device_id = $2 AND finished_at IS NULL
    ORDER BY priority, created_at, command_id LIMIT 5000`,
};

export interface FactsRow {
  status: string;
  topic: string;
  leftAt: Date | null;
  goneAt: Date | null;
  lastSeenAt: Date | null;
  certificateNotAfter: Date | null;
  source: string | null;
  /** Kind of that source; null where it is gone. */
  sourceKind: 'nanomdm' | 'micromdm' | null;
  sourceEnabled: boolean | null;
  /** Why it takes no commands now. */
  sourceError: string | null;
}

/** Plan: enrollment_pkey, push_certificate_pkey, source_pkey, hand_over_target_pkey. $1 tenant, $2 device id */
export const FACTS = {
  name: 'device-command-facts',
  text: `
    SELECT e.status, e.topic, e.left_at AS "leftAt", e.push_gone_at AS "goneAt", e.last_seen_at AS "lastSeenAt",
           c.not_after AS "certificateNotAfter", e.source, s.kind AS "sourceKind", s.enabled AS "sourceEnabled",
           t.last_error AS "sourceError"
      FROM command_queue.enrollment_v1 e
      LEFT JOIN apns_push.push_certificate_v1 c ON c.tenant = e.tenant AND c.topic = e.topic
      LEFT JOIN admin_api.source s ON s.tenant = e.tenant AND s.name = e.source
      LEFT JOIN command_queue.hand_over_target_v1 t ON t.tenant = e.tenant AND t.source = e.source AND t.failures > 0
     WHERE e.tenant = $1 AND e.device_id = $2`,
};

/** Plan: the device's part of each kept day's key. $1 tenant, $2 device id */
export const LAST_PUSH = {
  name: 'device-last-push',
  text: `SELECT at, outcome, reason FROM apns_push.push_v1 WHERE tenant = $1 AND device_id = $2 ORDER BY at DESC LIMIT 1`,
};
