import { AppError, DryRun, Failure, PolicySpec, policyDryRun, requestSubject } from '@lamplighter/contracts';
import { z } from 'zod';

import { LampError } from '../../../lamp/src/errors.ts';
import { type Bed, onBed } from '../bed.ts';
import { stageFleet } from '../fanout/stage.ts';
import type { BenchOptions, Report } from '../options.ts';
import { cpuBetween, totalOf } from '../processes.ts';
import { median, resultOf, type Sample } from '../result.ts';

const DEFAULT_DEVICES = 1_000_000;
const START = Date.parse('2026-11-22T01:05:00Z');
const env = { LAMP_CLOCK: `scaled:${Date.now()}:${START}:1` };

/** A fleet judged by groups, precedence, catalogue and rings, against counting it by platform and version. */
export async function dryRun(options: BenchOptions): Promise<Report> {
  const devices = options.devices ?? DEFAULT_DEVICES;
  return onBed(options, { services: ['update-scheduler'], env }, async (bed) => {
    options.say(`dry-run: staging ${devices} devices …`);
    await stageFleet(bed.db, devices, new Date(START - 86_400_000));
    const ours: Sample[] = [];
    const counts: Sample[] = [];
    for (let run = 1; run <= options.runs; run += 1) {
      ours.push(await sample(bed, devices, () => judge(bed, devices)));
      counts.push(await sample(bed, devices, () => bed.db.query(COUNT)));
      options.signal.throwIfAborted();
    }
    const result = resultOf({ name: 'dry-run', unit: 'devices/s', goal: 0.1 }, ours, counts);
    const seconds = devices / median(ours.map((run) => run.rate));
    return { results: [result], notes: [`dry-run: ${devices} devices in ${seconds.toFixed(1)} s`] };
  });
}

const COUNT = `SELECT platform, os_version, is_supervised, count(*) FROM status_ingestion.device WHERE tenant = 'default' AND enrolled GROUP BY 1, 2, 3`;

async function sample(bed: Bed, devices: number, work: () => Promise<unknown>): Promise<Sample> {
  const before = bed.cpu();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  return { rate: devices / seconds, cpuSeconds: totalOf(cpuBetween(before, bed.cpu())) };
}

const Answer = z.union([z.object({ ok: DryRun }), Failure]);

async function judge(bed: Bed, devices: number): Promise<void> {
  const spec = PolicySpec.parse({
    name: 'bench',
    platforms: ['macOS', 'iOS'],
    assignment: { groups: ['managed'], excludedGroups: ['kiosks'] },
    rings: [{ name: 'some', percent: 20 }, { name: 'all' }],
  });
  const payload = JSON.stringify({ tenant: 'default', spec });
  const reply = await bed.nats.request(requestSubject('lamp', policyDryRun), payload, { timeout: 120_000 });
  const answer = Answer.parse(reply.json());
  if ('error' in answer) throw new AppError(answer.error.code, answer.error.message);
  if (answer.ok.targeted !== devices)
    throw new LampError(
      `The dry run targets ${answer.ok.targeted} of ${devices} devices.`,
      'See the log of the scheduler.',
    );
}
