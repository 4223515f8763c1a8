/** Rollouts that may have a device in hand: of windows that are open, or closed within the time after which an update is begun again. */
export const OTHERS = {
  name: 'other-rollouts',
  text: `SELECT DISTINCT rollout_id AS "rolloutId" FROM update_scheduler.occurrence WHERE tenant = $1 AND rollout_id IS DISTINCT FROM $2::uuid
            AND policy_id IS DISTINCT FROM $3::uuid AND stops_at > $4`,
};

/** Paused policies keep their devices; archived ones do not. */
export const POLICIES = {
  name: 'ranked-policies',
  text: `SELECT policy_id AS "policyId", spec, created_at AS "createdAt" FROM update_scheduler.policy WHERE tenant = $1 AND archived_at IS NULL`,
};

export const RINGS = {
  name: 'rings-of-rollout',
  text: `SELECT ring, state, opens_on::text AS "opensOn" FROM update_scheduler.ring WHERE tenant = $1 AND rollout_id = $2 ORDER BY ring`,
};

export const GROUPS = {
  name: 'groups-of-tenant',
  text: `SELECT spec FROM update_scheduler.device_group WHERE tenant = $1`,
};
