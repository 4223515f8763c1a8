import type { Rollout, RolloutRing, RolloutSummary } from '@lamplighter/contracts';

/** How many devices of a rollout are in a state for a reason, by platform. */
export interface StateCount {
  state: keyof Rollout['states'];
  reason: string | null;
  platform: string;
  devices: number;
  commanded: number;
  released: number;
}

export type HeadRow = Omit<RolloutSummary, 'createdAt' | 'devices' | 'installed' | 'failed' | 'countedAt'> & {
  createdAt: Date;
  /** Null while it is not over. */
  totals: StateCount[] | null;
  totalsAt: Date | null;
};

const HEAD = `
  SELECT r.rollout_id AS "rolloutId", r.policy_id AS "policyId", p.name AS "policyName",
         r.policy_version AS "policyVersion", r.state, r.created_at AS "createdAt", r.emergency, r.removed,
         r.totals, r.totals_at AS "totalsAt"
    FROM update_scheduler.rollout_v1 r
    JOIN update_scheduler.policy_v1 p ON p.tenant = r.tenant AND p.policy_id = r.policy_id`;

export const LIST = {
  name: 'rollout-list',
  text: `${HEAD} WHERE r.tenant = $1 AND ($2::uuid IS NULL OR r.policy_id = $2) ORDER BY r.created_at DESC LIMIT 200`,
};

export const ONE = { name: 'rollout-one', text: `${HEAD} WHERE r.tenant = $1 AND r.rollout_id = $2` };

export interface CountRow {
  rolloutId: string;
  devices: number;
  installed: number;
  failed: number;
}

/** $1 tenant, $2 rollouts. Plan: a range of the primary key for each. Not from an index by state: it would cost each move its HOT update. */
export const LIVE_COUNTS = {
  name: 'rollouts-counted',
  text: `
    SELECT d.rollout_id AS "rolloutId", count(*) AS devices,
           count(*) FILTER (WHERE d.state = 'installed') AS installed,
           count(*) FILTER (WHERE d.state = 'failed') AS failed
      FROM update_scheduler.device_update_v1 d
     WHERE d.tenant = $1 AND d.rollout_id = ANY($2::uuid[])
     GROUP BY d.rollout_id`,
};

export const COUNTS = {
  name: 'rollout-counts',
  text: `
    SELECT state, reason, platform, count(*) AS devices,
           count(*) FILTER (WHERE commanded_at IS NOT NULL) AS commanded,
           count(*) FILTER (WHERE is_released) AS released,
           count(*) FILTER (WHERE is_released AND updated_at > $3) AS recent
      -- Sent for: a command, or a declaration, which has no sequence.
      FROM (SELECT *, command_seq > 0 OR commanded_at IS NOT NULL AS is_released
              FROM update_scheduler.device_update_v1 WHERE tenant = $1 AND rollout_id = $2) u
     GROUP BY state, reason, platform`,
};

export interface OccurrenceRow {
  occurrenceId: string;
  zone: string;
  localDate: string;
  opensAt: Date;
  stopsAt: Date;
  closesAt: Date;
  state: string;
  planned: number;
  notEligible: number;
  alreadyInstalled: number;
  carriedOver: number | null;
  window: string;
  leftOver: Record<string, number> | null;
  predictedFinishAt: Date | null;
  heldBack: string | null;
}

export const OCCURRENCES = {
  name: 'rollout-occurrences',
  text: `
    SELECT occurrence_id AS "occurrenceId", zone, local_date::text AS "localDate", opens_at AS "opensAt",
           stops_at AS "stopsAt", closes_at AS "closesAt", state, planned, not_eligible AS "notEligible",
           already_installed AS "alreadyInstalled", carried_over AS "carriedOver",
           "window", left_over AS "leftOver", predicted_finish_at AS "predictedFinishAt", held_back AS "heldBack"
      FROM update_scheduler.occurrence_v1
     WHERE tenant = $1 AND rollout_id = $2
     ORDER BY opens_at DESC, zone LIMIT 500`,
};

export type RingRow = Omit<RolloutRing, 'since' | 'overriddenAt' | 'countedAt'> & {
  since: Date;
  overriddenAt: Date | null;
  countedAt: Date | null;
};

export const RINGS = {
  name: 'rollout-rings',
  text: `
    SELECT name, state, opens_on::text AS "opensOn", since, reason, detail, overridden_at AS "overriddenAt", devices, sent, installed,
           failed, not_now AS "notNow", silent, counted_at AS "countedAt"
      FROM update_scheduler.ring_v1 WHERE tenant = $1 AND rollout_id = $2 ORDER BY ring`,
};

export const FIRST_RELEASED = {
  name: 'rollout-first-released',
  text: `SELECT min(released_at) AS "at" FROM update_scheduler.wave_v1 WHERE tenant = $1 AND rollout_id = $2`,
};

// A command's expiry is its window's stop time; polls of what is already commanded do not count as commands here.
// Plan: command_history_cause of each kept day; of the hot table the tenant's pending commands.
export const HAND_OVERS = {
  name: 'rollout-hand-overs',
  text: `
    SELECT max(c.sent_at) AS "lastAt", count(*) FILTER (WHERE c.sent_at >= c.expires_at) AS "afterStop"
      FROM command_queue.command_v1 c
     WHERE c.tenant = $1 AND c.cause = $2::uuid::text AND c.request_type = 'ScheduleOSUpdate'`,
};

export interface DeviceRow {
  deviceId: string;
  state: 'planned';
  reason: string | null;
  platform: string;
  fromVersion: string | null;
  targetVersion: string;
  targetBuild: string;
  commandedAt: Date | null;
  updatedAt: Date;
  traceparent: string | null;
}

export const DEVICE_COLUMNS = `
  d.device_id AS "deviceId", d.state, d.reason, d.platform, d.from_version AS "fromVersion",
  d.target_version AS "targetVersion", d.target_build AS "targetBuild", d.commanded_at AS "commandedAt",
  d.updated_at AS "updatedAt", d.traceparent`;

export const DEVICES = {
  name: 'rollout-devices',
  text: `
    SELECT ${DEVICE_COLUMNS}
      FROM update_scheduler.device_update_v1 d
     WHERE d.tenant = $1 AND d.rollout_id = $2 AND ($3::text IS NULL OR d.state = $3) AND d.device_id > $4
     ORDER BY d.device_id LIMIT $5`,
};
