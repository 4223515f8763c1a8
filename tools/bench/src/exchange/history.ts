import { type Bed, onBed } from '../bed.ts';
import type { BenchOptions, Report } from '../options.ts';
import { totalOf } from '../processes.ts';
import { resultOf, type Sample } from '../result.ts';
import { newIdentity } from './device-certificate.ts';
import { DEVICE_ID_SQL } from './device-ids.ts';
import { figures } from './exchange.ts';
import { loadDevices, type MeasuredLoad } from './run-load.ts';
import { stageSessions } from './stage.ts';

const DEFAULT_DEVICES = 100_000;
const CONNECTIONS = 256;
const NIGHTS = 10;
/** Scan, list, schedule and two questions. */
const COMMANDS_A_NIGHT = 5;
const DAY_MS = 86_400_000;

/** The exchange with ten nights of finished commands of the same devices beside none of them. */
export async function history(options: BenchOptions): Promise<Report> {
  const devices = options.devices ?? DEFAULT_DEVICES;
  const rows = devices * NIGHTS * COMMANDS_A_NIGHT;
  return onBed(options, { services: ['device-gateway', 'command-queue'] }, async (bed) => {
    const identity = newIdentity(bed.product.pki);
    await stageSessions(bed.db, devices, identity.hash);
    options.say(`history: writing ${rows.toLocaleString('en')} finished commands …`);
    const nights = await writeNights(bed, devices);
    const loads: Record<'with' | 'without', MeasuredLoad[]> = { with: [], without: [] };
    for (let run = 1; run <= options.runs; run += 1) {
      for (const side of ['without', 'with'] as const) {
        options.signal.throwIfAborted();
        await stageSessions(bed.db, devices, identity.hash);
        if (side === 'with') await each(nights, (night) => attach(bed, night));
        loads[side].push(await loadDevices(bed, options, { identity, connections: CONNECTIONS, devices }));
        if (side === 'with') await each(nights, (night) => detach(bed, night));
        options.say(`history ${run}/${options.runs} ${side}: ${figures(loads[side].slice(-1))}`);
      }
    }
    return {
      results: [
        resultOf({ name: 'history', unit: 'requests/CPU-s', goal: 0.95 }, samples(loads.with), samples(loads.without)),
      ],
      notes: [
        `history: with ${rows.toLocaleString('en')} finished commands ${figures(loads.with)}`,
        `history: without ${figures(loads.without)}`,
      ],
    };
  });
}

interface Night {
  readonly table: string;
  readonly from: string;
  readonly to: string;
}

const each = async (nights: readonly Night[], work: (night: Night) => Promise<unknown>): Promise<void> => {
  for (const night of nights) await work(night);
};

/** Day partitions as the service makes them, filled and then kept beside. */
async function writeNights(bed: Bed, devices: number): Promise<Night[]> {
  const today = Date.parse(new Date().toISOString().slice(0, 10));
  const nights = Array.from({ length: NIGHTS }, (_, n): Night => {
    const day = (ms: number): string => `${new Date(ms).toISOString().slice(0, 10)} 00:00:00+00`;
    const at = today - (n + 1) * DAY_MS;
    return { table: `command_queue.command_history_bench_${n}`, from: day(at), to: day(at + DAY_MS) };
  });
  for (const night of nights) {
    const { table, from, to } = night;
    // The check spares ATTACH its scan.
    await bed.db.query(`CREATE TABLE ${table} (LIKE command_queue.command_history INCLUDING ALL,
                          CHECK (finished_at >= '${from}' AND finished_at < '${to}'))`);
    await bed.db.query(`ALTER TABLE ${table} OWNER TO lamp_command_queue`);
    await bed.db.query(
      `INSERT INTO ${table} (tenant, device_id, command_id, body_id, cause, priority, outcome, created_at, expires_at,
                             push_count, sent_at, sent_count, not_now_count, finished_at)
       SELECT 'default', ${DEVICE_ID_SQL}, gen_random_uuid(), b.body_id, 'bench', 10, 'Acknowledged', $2, $2, 1, $2, 1, 0,
              $2::timestamptz + c * interval '1 hour'
         FROM generate_series(0, $1::int - 1) n, generate_series(1, $3::int) c,
              (SELECT body_id FROM command_queue.command_body LIMIT 1) b`,
      [devices, from, COMMANDS_A_NIGHT],
    );
    await bed.db.query(`VACUUM ANALYZE ${table}`);
  }
  return nights;
}

function attach(bed: Bed, { table, from, to }: Night): Promise<unknown> {
  return bed.db.query(
    `ALTER TABLE command_queue.command_history ATTACH PARTITION ${table} FOR VALUES FROM ('${from}') TO ('${to}')`,
  );
}

function detach(bed: Bed, { table }: Night): Promise<unknown> {
  return bed.db.query(`ALTER TABLE command_queue.command_history DETACH PARTITION ${table}`);
}

function samples(loads: readonly MeasuredLoad[]): Sample[] {
  return loads.map(({ requests, cpu }) => ({ rate: requests / totalOf(cpu), cpuSeconds: totalOf(cpu) }));
}
