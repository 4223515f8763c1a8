/**
 * The next two run in transactions where nothing but key look-ups is wanted: with the statistics of a table that was filled a
 * minute ago the planner would read all of it. No place is looked up twice, which `memoize` would keep them for.
 */
export const keysOnly = {
  name: 'keys-only',
  text: `SELECT set_config(name, 'off', true)
           FROM unnest(ARRAY['enable_hashjoin', 'enable_mergejoin', 'enable_seqscan', 'enable_bitmapscan', 'enable_memoize', 'jit']) AS name`,
};

/** Of the move's kind: what many moves have in common is sent once, which halves the statement's time. */
const ofKind = (parameter: number, type: string): string => `($${parameter}::${type}[])[v.kind]`;

/**
 * Writes moved updates whose version is still the one that the move began with, and tells the first event of each.
 * Plan: unnest → Tid Scan, the row in the place where it was read. One that another transaction moved since is elsewhere or has another
 * version, and stays as it is; in its old place there may be another device's, so keys are compared.
 *
 * $1 tenant, $2 now
 * per move: $3 place, $4 device, $5 kind (from 1), $6 command, $7 commanded at, $8 progressed at, $9 traceparent; of its first event
 * $10 at, $11 command, $12 report
 * per kind: $13 rollout, $14 version before, $15 version after, $16 state, $17 reason, $18 step, $19 command seq, $20 install seq,
 * $21 product key, $22 progress, $23 resends, $24 stop time; of the first event $25 from, $26 to, $27 reason, $28 detail
 */
export const applyMoves = {
  name: 'apply-moves',
  text: `
WITH moved AS (
  UPDATE update_scheduler.device_update u
     SET version = ${ofKind(15, 'int')}, state = ${ofKind(16, 'text')}, reason = ${ofKind(17, 'text')}, step = ${ofKind(18, 'text')},
         command_id = v.command_id, command_seq = ${ofKind(19, 'int')}, install_seq = ${ofKind(20, 'int')}, product_key = ${ofKind(21, 'text')},
         commanded_at = v.commanded_at, traceparent = v.traceparent, progress = ${ofKind(22, 'text')}, progressed_at = v.progressed_at,
         resends = ${ofKind(23, 'int')}, stops_at = ${ofKind(24, 'timestamptz')}, updated_at = $2,
         due_at = CASE WHEN ${ofKind(18, 'text')} = 'enforce' THEN ${ofKind(24, 'timestamptz')} END
    FROM unnest($3::tid[], $4::text[], $5::int[], $6::uuid[], $7::timestamptz[], $8::timestamptz[], $9::text[],
                $10::timestamptz[], $11::uuid[], $12::uuid[]) WITH ORDINALITY
      AS v (place, device_id, kind, command_id, commanded_at, progressed_at, traceparent, told_at, told_command, told_report, move)
   WHERE u.ctid = v.place AND u.tenant = $1 AND u.rollout_id = ${ofKind(13, 'uuid')} AND u.device_id = v.device_id
     AND u.version = ${ofKind(14, 'int')}
  RETURNING v.*
), told AS (
  INSERT INTO update_scheduler.update_event (tenant, device_id, rollout_id, version, at, from_state, to_state, reason, detail, command_id,
         report_id, traceparent)
  SELECT $1, device_id, ${ofKind(13, 'uuid')}, ${ofKind(14, 'int')} + 1, told_at, ${ofKind(25, 'text')}, ${ofKind(26, 'text')},
         ${ofKind(27, 'text')}, ${ofKind(28, 'text')}, told_command, told_report, traceparent
    FROM moved v
)
SELECT move::int FROM moved`,
};

/** Further events. $1 tenant; per event $2 device, $3 rollout, $4 version, $5 at, $6 from, $7 to, $8 reason, $9 detail, $10 command, $11 report, $12 traceparent */
export const tellEvents = {
  name: 'tell-events',
  text: `
INSERT INTO update_scheduler.update_event (tenant, device_id, rollout_id, version, at, from_state, to_state, reason, detail, command_id,
       report_id, traceparent)
SELECT $1, v.*
  FROM unnest($2::text[], $3::uuid[], $4::int[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::text[], $10::uuid[], $11::uuid[],
              $12::text[]) AS v`,
};
