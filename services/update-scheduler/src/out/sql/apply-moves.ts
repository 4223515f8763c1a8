/**
 * The next two run in transactions where nothing but key look-ups is wanted: with the statistics of a table that was filled a
 * minute ago the planner would read all of it.
 */
export const keysOnly = {
  name: 'keys-only',
  text: `SELECT set_config(name, 'off', true)
           FROM unnest(ARRAY['enable_hashjoin', 'enable_mergejoin', 'enable_seqscan', 'enable_bitmapscan', 'jit']) AS name`,
};

/**
 * Writes moved updates whose version is still the one that the move began with, and tells the first event of each.
 * Plan: unnest → primary key (LATERAL with LIMIT cannot become anything but a look-up per row) → the row by its place.
 * Joined on its keys instead, a table without statistics was read whole for each wave: 15 s of a first wave of 1,000.
 * A row that another transaction moves meanwhile has another version, and stays as it is.
 *
 * $1 tenant, $2 now; per move $3 rollout, $4 device, $5 version before, $6 version after, $7 state, $8 reason, $9 step, $10 command,
 * $11 command seq, $12 install seq, $13 product key, $14 commanded at, $15 traceparent, $16 progress, $17 progressed at, $18 resends,
 * $19 stop time; of its first event $20 at, $21 from, $22 to, $23 reason, $24 detail, $25 command, $26 report
 */
export const applyMoves = {
  name: 'apply-moves',
  text: `
WITH moved AS (
  UPDATE update_scheduler.device_update u
     SET version = v.after, state = v.state, reason = v.reason, step = v.step, command_id = v.command_id, command_seq = v.command_seq,
         install_seq = v.install_seq, product_key = v.product_key, commanded_at = v.commanded_at, traceparent = v.traceparent,
         progress = v.progress, progressed_at = v.progressed_at, resends = v.resends, stops_at = v.stops_at, updated_at = $2,
         due_at = CASE WHEN v.step = 'enforce' THEN v.stops_at END
    FROM unnest($3::uuid[], $4::text[], $5::int[], $6::int[], $7::text[], $8::text[], $9::text[], $10::uuid[], $11::int[], $12::int[],
                $13::text[], $14::timestamptz[], $15::text[], $16::text[], $17::timestamptz[], $18::int[], $19::timestamptz[],
                $20::timestamptz[], $21::text[], $22::text[], $23::text[], $24::text[], $25::uuid[], $26::uuid[]) WITH ORDINALITY
      AS v (rollout_id, device_id, before, after, state, reason, step, command_id, command_seq, install_seq, product_key, commanded_at,
            traceparent, progress, progressed_at, resends, stops_at,
            told_at, told_from, told_to, told_reason, told_detail, told_command, told_report, move)
   CROSS JOIN LATERAL (
         SELECT o.ctid AS place FROM update_scheduler.device_update o
          WHERE o.tenant = $1 AND o.rollout_id = v.rollout_id AND o.device_id = v.device_id AND o.version = v.before
          LIMIT 1) k
   WHERE u.ctid = k.place AND u.version = v.before
  RETURNING v.*
), told AS (
  INSERT INTO update_scheduler.update_event (tenant, device_id, rollout_id, version, at, from_state, to_state, reason, detail, command_id,
         report_id, traceparent)
  SELECT $1, device_id, rollout_id, before + 1, told_at, told_from, told_to, told_reason, told_detail, told_command, told_report, traceparent
    FROM moved
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
