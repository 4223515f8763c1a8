/**
 * Updates that are not installed. What those of one rollout and step mostly have in common comes as one text, which is the same for all
 * that have the same: its reader takes it apart once, where columns would be read and parsed for each.
 * Plan: unnest → device_update_device. OFFSET keeps it a look-up for each: a plan of the table's first minutes read all of it for ten.
 *
 * $1 tenant, $2 devices
 */
export const openUpdates = {
  name: 'open-updates',
  text: `
SELECT u.ctid::text AS place, u.device_id AS "deviceId", u.command_id AS "commandId", u.commanded_at AS "commandedAt",
       u.progressed_at AS "progressedAt", u.traceparent,
       ARRAY[u.rollout_id::text, u.occurrence_id::text, u.state, u.reason, u.step, u.platform, u.lane, u.from_version, u.target_version,
             u.target_build, u.product_key, u.command_seq::text, u.install_seq::text, u.version::text, u.stops_at::text, u.progress,
             u.resends::text, u.deadline_at::text, u.ring::text]::text AS shared
  FROM unnest($2::text[]) AS d(device_id)
 CROSS JOIN LATERAL (SELECT o.ctid, o.* FROM update_scheduler.device_update o
                      WHERE o.tenant = $1 AND o.device_id = d.device_id AND o.state <> 'installed' OFFSET 0) u`,
};
