/**
 * The first command of a wave's devices on the MDM lane: rows and events, and what the messages say of each device. The same as `applyMoves`
 * and `tellEvents`, but nothing of a device is sent to the database: all of them move alike, and ids come from what their rows hold.
 *
 * Plan: device_update_wave → the rows, in their place; of those that another transaction moves meanwhile, those that are planned still.
 *
 * $1 tenant, $2 occurrence, $3 wave, $4 now, $5 detail, $6 share of updates that are traced
 */
export const sendWave = {
  name: 'send-wave',
  text: `
WITH moved AS (
  UPDATE update_scheduler.device_update u
     SET version = u.version + 1, state = 'scanning', reason = NULL, step = CASE u.platform WHEN 'macOS' THEN 'scan' ELSE 'list' END,
         command_seq = u.command_seq + 1, updated_at = $4, due_at = NULL,
         command_id = ${derivedUuid(`'update', u.rollout_id, u.device_id, u.command_seq + 1`)},
         traceparent = ${derivedTraceparent('$6::float8', 'u.rollout_id, u.device_id, u.occurrence_id')}
   WHERE u.tenant = $1 AND u.occurrence_id = $2 AND u.wave = $3 AND u.state = 'planned' AND u.lane = 'mdm'
  RETURNING u.tenant, u.rollout_id, u.device_id, u.version, u.step, u.command_id, u.traceparent
), told AS (
  INSERT INTO update_scheduler.update_event (tenant, device_id, rollout_id, version, at, from_state, to_state, detail, command_id, traceparent)
  SELECT tenant, device_id, rollout_id, version, $4, 'planned', 'scanning', $5, command_id, traceparent FROM moved
)
SELECT device_id AS "deviceId", version, step, command_id AS "commandId", traceparent FROM moved`,
};

/** Of contracts, in SQL: a UUID of version 8 from the SHA-256 of its cause as JSON. */
function derivedUuid(cause: string): string {
  return `(SELECT (substr(s.hex, 1, 12) || '8' || substr(s.hex, 14, 3) || substr('89ab89ab89ab89ab', strpos('0123456789abcdef', substr(s.hex, 17, 1)), 1)
                 || substr(s.hex, 18, 15))::uuid FROM ${hashOf(cause)})`;
}

/** Of contracts, in SQL. */
function derivedTraceparent(ratio: string, cause: string): string {
  return `(SELECT '00-' || left(s.hex, 32) || '-' || substr(s.hex, 33, 16)
                 || CASE WHEN ('x' || substr(s.hex, 57))::bit(32)::bigint < ${ratio} * 4294967296 THEN '-01' ELSE '-00' END FROM ${hashOf(cause)})`;
}

/** As JSON.stringify writes it: without spaces between the values. */
function hashOf(cause: string): string {
  const parts = cause.split(', ').map((part) => `to_json(${part.startsWith("'") ? `${part}::text` : part})::text`);
  return `(SELECT encode(sha256(convert_to('[' || ${parts.join(` || ',' || `)} || ']', 'UTF8')), 'hex') AS hex OFFSET 0) s`;
}
