import { onBed } from '../bed.ts';
import { newIdentity } from '../exchange/device-certificate.ts';
import { deviceIdOf } from '../exchange/device-ids.ts';
import { figures } from '../exchange/exchange.ts';
import { loadDevices, type MeasuredLoad } from '../exchange/run-load.ts';
import { stageSessions } from '../exchange/stage.ts';
import type { BenchOptions, Report } from '../options.ts';
import { cpuText, totalOf } from '../processes.ts';
import { resultOf } from '../result.ts';
import { giveAll, updateTo } from './give.ts';

const DEFAULT_DEVICES = 100_000;
const CONNECTIONS = 256;
const GOAL = 0.7;

/** Requests per CPU second of a fleet that syncs (tokens → items → two declarations → status), beside those of the exchange. */
export async function ddmSync(options: BenchOptions): Promise<Report> {
  const devices = options.devices ?? DEFAULT_DEVICES;
  return onBed(options, { services: ['device-gateway', 'command-queue', 'ddm'] }, async (bed) => {
    const identity = newIdentity(bed.product.pki);
    await stageSessions(bed.db, devices, identity.hash);
    options.say(`ddm-sync: giving declarations to ${devices} devices …`);
    const ids = Array.from({ length: devices }, (_, n) => deviceIdOf(n));
    await giveAll(bed, options, { ids, run: 'stage', declarations: updateTo('26.1') });
    await bed.db.query('VACUUM ANALYZE ddm.device, ddm.assignment');
    const loads: Record<'sync' | 'exchange', MeasuredLoad[]> = { sync: [], exchange: [] };
    for (let run = 1; run <= options.runs; run += 1) {
      for (const session of ['sync', 'exchange'] as const) {
        options.signal.throwIfAborted();
        await stageSessions(bed.db, devices, identity.hash);
        await bed.db.query('TRUNCATE ddm.status_report, ddm.declaration_status');
        const load = await loadDevices(bed, options, { identity, connections: CONNECTIONS, devices, session });
        loads[session].push(load);
        options.say(`ddm-sync ${run}/${options.runs} ${session}: ${figures([load])}; ${cpuText(load.cpu)}`);
      }
    }
    const samples = (of: readonly MeasuredLoad[]) =>
      of.map(({ requests, cpu }) => ({ rate: requests / totalOf(cpu), cpuSeconds: totalOf(cpu) }));
    return {
      results: [
        resultOf(
          { name: 'ddm-sync', unit: 'requests/CPU-s', goal: GOAL },
          samples(loads.sync),
          samples(loads.exchange),
        ),
      ],
      notes: [`ddm-sync: ${figures(loads.sync)}`, `ddm-sync: exchange ${figures(loads.exchange)}`],
    };
  });
}
