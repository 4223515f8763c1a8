import { LampError } from '../../../lamp/src/errors.ts';
import { type Bed, onBed } from '../bed.ts';
import { copySeconds, keepRows } from '../copy-baseline.ts';
import { stageFleet } from '../fanout/stage.ts';
import type { BenchOptions, Report } from '../options.ts';
import { cpuBetween, cpuText, totalOf } from '../processes.ts';
import { median, resultOf, type Sample } from '../result.ts';
import { giveAll, updateTo } from './give.ts';

const DEFAULT_DEVICES = 1_000_000;
const TABLES = ['ddm.assignment', 'ddm.device'];
/** At most three times the CPU time of a plain COPY: its wall time says what one process can, and ours is shared by three. */
const GOAL = 0.33;

/**
 * The declarations of a whole fleet at once: given for the first time, and then replaced by others. From the messages to committed rows
 * and the commands that tell every device, in devices per CPU second of service, database and broker.
 */
export async function ddmAssign(options: BenchOptions): Promise<Report> {
  const devices = options.devices ?? DEFAULT_DEVICES;
  return onBed(options, { services: ['ddm'] }, async (bed) => {
    options.say(`ddm-assign: staging ${devices} devices …`);
    await stageFleet(bed.db, devices, new Date());
    const { rows } = await bed.db.query<{ device_id: string }>('SELECT device_id FROM command_queue.enrollment');
    const ids = rows.map(({ device_id }) => device_id);
    const [first, change, copies]: Sample[][] = [[], [], []];
    for (let run = 1; run <= options.runs; run += 1) {
      await bed.db.query(
        'TRUNCATE ddm.declaration, ddm.declaration_set, ddm.set_declaration, ddm.assignment, ddm.manifest, ' +
          'ddm.manifest_set, ddm.manifest_declaration, ddm.device, ddm.pace',
      );
      first!.push(await giveSample(bed, options, ids, `${run} first`));
      change!.push(await giveSample(bed, options, ids, `${run} change`));
      if (run === 1) await keepRows(bed, TABLES);
      copies!.push(await copySample(bed, devices));
      const figures = [first, change, copies].map((samples) => Math.round(samples!.at(-1)!.rate));
      options.say(
        `ddm-assign ${run}/${options.runs}, devices/s: first ${figures[0]}, change ${figures[1]}, COPY ${figures[2]}`,
      );
    }
    const unit = 'devices/CPU-s';
    const perCpu = (samples: readonly Sample[]) =>
      samples.map(({ cpuSeconds }) => ({ rate: devices / cpuSeconds, cpuSeconds }));
    const perSecond = (samples: readonly Sample[]) => Math.round(median(samples.map(({ rate }) => rate)));
    return {
      results: [
        resultOf({ name: 'ddm-assign', unit, goal: GOAL }, perCpu(first!), perCpu(copies!)),
        resultOf({ name: 'ddm-assign-change', unit, goal: GOAL }, perCpu(change!), perCpu(copies!)),
      ],
      notes: [
        `ddm-assign: devices/s first ${perSecond(first!)}, change ${perSecond(change!)}, COPY ${perSecond(copies!)}`,
        `ddm-assign: ${devices} devices, peak memory ${bed.peakMemory()}`,
      ],
    };
  });
}

async function giveSample(bed: Bed, options: BenchOptions, ids: readonly string[], run: string): Promise<Sample> {
  await bed.db.query('CHECKPOINT');
  const isChange = run.endsWith('change');
  const declarations = updateTo(isChange ? '26.2' : '26.1').map((one) => {
    if (!isChange) return one;
    // Other declarations than before, as the next target has them.
    const renamed = JSON.stringify(one).replaceAll('"bench.', '"bench.next.');
    return JSON.parse(renamed) as typeof one;
  });
  const before = bed.cpu();
  const start = performance.now();
  await giveAll(bed, options, { ids, run, declarations });
  const seconds = (performance.now() - start) / 1000;
  const cpu = cpuBetween(before, bed.cpu());
  const { rows } = await bed.db.query<{ count: string }>(
    `SELECT count(*) FROM ddm.device d JOIN ddm.manifest m USING (tenant, manifest_id) WHERE d.told_token = m.declarations_token`,
  );
  if (Number(rows[0]?.count) !== ids.length) {
    throw new LampError(`${rows[0]?.count} of ${ids.length} devices were told.`, 'See the log of ddm.');
  }
  options.say(`ddm-assign ${run}: ${cpuText(cpu)}`);
  return { rate: ids.length / seconds, cpuSeconds: totalOf(cpu) };
}

async function copySample(bed: Bed, devices: number): Promise<Sample> {
  const before = bed.cpu({});
  const seconds = await copySeconds(bed, TABLES);
  return { rate: devices / seconds, cpuSeconds: totalOf(cpuBetween(before, bed.cpu({}))) };
}
