import { LampError } from '../../../lamp/src/errors.ts';
import type { Bed } from '../bed.ts';
import { cloneOf } from '../copy-baseline.ts';
import { cpuBetween, totalOf } from '../processes.ts';
import type { Sample } from '../result.ts';

const PER_STATEMENT = 10_000;

/**
 * The plainest statement that keeps what the queue promises of an order for many devices: only for devices that are enrolled, none
 * that is finished already, one of a slot; a repeat fails at the key. No body, no broker, nothing told to anybody.
 * $1 device ids, $2 command ids, $3 body id, $4 now, $5 expiry
 */
const insert = `
INSERT INTO ${cloneOf('command_queue.command')}
       (tenant, device_id, command_id, body_id, cause, priority, state, created_at, expires_at, due_at, push_count, slot, source)
SELECT e.tenant, u.device_id, u.command_id, $3, 'bench-1', 10, 0, $4, $5, $5, 1, 'ScheduleOSUpdate', e.source
  FROM (SELECT * FROM unnest($1::text[], $2::uuid[]) AS u(device_id, command_id) ORDER BY u.device_id COLLATE "C") u
 CROSS JOIN LATERAL (
       SELECT e.tenant, e.source FROM command_queue.enrollment e
        WHERE e.tenant = 'default' AND e.device_id = u.device_id AND e.status <> 'left'
        LIMIT 1) e
  LEFT JOIN LATERAL (
       SELECT true AS was FROM command_queue.command_history h
        WHERE h.tenant = e.tenant AND h.device_id = u.device_id AND h.command_id = u.command_id AND h.finished_at >= $4
        LIMIT 1) h ON true
  LEFT JOIN LATERAL (
       SELECT true AS is_there FROM ${cloneOf('command_queue.command')} c
        WHERE c.tenant = e.tenant AND c.device_id = u.device_id AND c.slot = 'ScheduleOSUpdate'
        LIMIT 1) c ON true
 WHERE h.was IS NULL AND c.is_there IS NULL`;

/** As many rows as there are ids, into the empty table that COPY fills too. CPU seconds of the database alone. */
export async function floorSample(bed: Bed, devices: readonly string[], ids: readonly string[]): Promise<Sample> {
  await bed.db.query(`TRUNCATE ${cloneOf('command_queue.command')}`);
  await bed.db.query('CHECKPOINT');
  const now = new Date();
  const before = bed.cpu({});
  for (let from = 0; from < devices.length; from += PER_STATEMENT) {
    const [some, theirs] = [devices, ids].map((all) => all.slice(from, from + PER_STATEMENT));
    await bed.db.query('BEGIN; SET LOCAL enable_memoize = off; SET LOCAL enable_seqscan = off');
    const { rowCount } = await bed.db.query({
      name: 'bench-enqueue-floor',
      text: insert,
      values: [some, theirs, ids[0], now, new Date(now.getTime() + 4 * 3_600_000)],
    });
    await bed.db.query('COMMIT');
    if (rowCount !== some!.length) throw new LampError(`${rowCount} rows of ${some!.length} were written.`);
  }
  const cpuSeconds = totalOf(cpuBetween(before, bed.cpu({})));
  return { rate: devices.length / cpuSeconds, cpuSeconds };
}
