/**
 * Writes moved updates whose version is still the one that the move began with, and their events, in one statement.
 * Plan: unnest → nested loop on the primary key of device_update; events hash-joined to what was written.
 *
 * $1 tenant, $2 now; per move $3 rollout, $4 device, $5 version before, $6 version after, $7 state, $8 reason, $9 step, $10 command,
 * $11 command seq, $12 install seq, $13 product key, $14 commanded at, $15 traceparent; per event $16 move (1-based), $17 version,
 * $18 at, $19 from, $20 to, $21 reason, $22 detail, $23 command, $24 report
 */
export const applyMoves = {
  name: 'apply-moves',
  text: `
WITH moved AS (
  UPDATE update_scheduler.device_update u
     SET version = v.after, state = v.state, reason = v.reason, step = v.step, command_id = v.command_id, command_seq = v.command_seq,
         install_seq = v.install_seq, product_key = v.product_key, commanded_at = v.commanded_at, traceparent = v.traceparent, updated_at = $2
    FROM unnest($3::uuid[], $4::text[], $5::int[], $6::int[], $7::text[], $8::text[], $9::text[], $10::uuid[], $11::int[], $12::int[],
                $13::text[], $14::timestamptz[], $15::text[]) WITH ORDINALITY
      AS v (rollout_id, device_id, before, after, state, reason, step, command_id, command_seq, install_seq, product_key, commanded_at,
            traceparent, move)
   WHERE u.tenant = $1 AND u.rollout_id = v.rollout_id AND u.device_id = v.device_id AND u.version = v.before
  RETURNING v.move::int, u.device_id, u.rollout_id, u.traceparent
), told AS (
  INSERT INTO update_scheduler.update_event (tenant, device_id, rollout_id, version, at, from_state, to_state, reason, detail, command_id,
         report_id, traceparent)
  SELECT $1, m.device_id, m.rollout_id, e.version, e.at, e.from_state, e.to_state, e.reason, e.detail, e.command_id, e.report_id, m.traceparent
    FROM unnest($16::int[], $17::int[], $18::timestamptz[], $19::text[], $20::text[], $21::text[], $22::text[], $23::uuid[], $24::uuid[])
      AS e (move, version, at, from_state, to_state, reason, detail, command_id, report_id)
    JOIN moved m USING (move)
)
SELECT move FROM moved`,
};
