import { deviceObserved, encodeMessage, message, PolicySpec, subjectFor } from '@lamplighter/contracts';
import { jetstream } from '@nats-io/jetstream';

import { type Bed, onBed, waitUntil } from '../bed.ts';
import { stageFleet } from '../fanout/stage.ts';
import type { BenchOptions, Report } from '../options.ts';
import { cpuBetween, cpuText, totalOf } from '../processes.ts';
import { median, resultOf, type Sample } from '../result.ts';
import { BATCH, stageCeiling, stageUpdates, type UpdateKey, upsertBatch } from './stage.ts';

const DEFAULT_DEVICES = 100_000;
const START = Date.parse('2026-11-22T01:05:00Z');
const env = { LAMP_CLOCK: `scaled:${Date.now()}:${START}:1`, LAMP_JOIN_SECONDS: '86400' };

/** Reports that move updates and ask for the next command, against bare upserts of the same rows in batches of 1,000. */
export async function advance(options: BenchOptions): Promise<Report> {
  const devices = options.devices ?? DEFAULT_DEVICES;
  return onBed(options, { services: ['update-scheduler'], env }, async (bed) => {
    options.say(`advance: staging ${devices} devices …`);
    await stageFleet(bed.db, devices, new Date(START - 86_400_000));
    // A window that does not open meanwhile: whatever is measured has been sent for already.
    const spec = PolicySpec.parse({ name: 'bench', windows: [{ start: '13:00', lengthMinutes: 60, zone: 'UTC' }] });
    const ours: Sample[] = [];
    const upserts: Sample[] = [];
    for (let run = 1; run <= options.runs; run += 1) {
      const keys = await stageUpdates(bed.db, spec, new Date(START));
      ours.push(await oneRun(bed, options, keys));
      upserts.push(await ceiling(bed, keys));
      options.signal.throwIfAborted();
    }
    const result = resultOf({ name: 'advance', unit: 'updates/s', goal: 0.5 }, ours, upserts);
    const [own, bare] = [ours, upserts].map((runs) => median(runs.map(({ cpuSeconds }) => devices / cpuSeconds)));
    const cpu = `${Math.round(own!)} updates/CPU-s, ${Math.round(bare!)} of the upserts without their client`;
    return { results: [result], notes: [`advance: ${devices} updates a run; ${cpu}; peak memory ${bed.peakMemory()}`] };
  });
}

async function oneRun(bed: Bed, options: BenchOptions, keys: readonly UpdateKey[]): Promise<Sample> {
  const before = bed.cpu();
  const start = performance.now();
  await publish(bed, keys);
  const last = keys.at(-1)!;
  await waitUntil('all updates to move', options, async () => {
    // By its key: to look for any that is left is to read the table, which would be counted as work.
    const { rows: newest } = await bed.db.query<{ state: string }>(
      'SELECT state FROM update_scheduler.device_update WHERE tenant = $1 AND rollout_id = $2 AND device_id = $3',
      ['default', last.rolloutId, last.deviceId],
    );
    if (newest[0]!.state === 'scanning') return false;
    const { rows } = await bed.db.query<{ done: boolean }>(
      `SELECT NOT EXISTS (SELECT FROM update_scheduler.device_update WHERE state = 'scanning') AS done`,
    );
    return rows[0]!.done;
  });
  const seconds = (performance.now() - start) / 1000;
  const cpu = cpuBetween(before, bed.cpu());
  options.say(`advance: ${Math.round(keys.length / seconds)}/s; ${cpuText(cpu)}`);
  return { rate: keys.length / seconds, cpuSeconds: totalOf(cpu) };
}

/** As status-ingestion tells them: each device lists the target, 100 devices a message. */
async function publish({ nats }: Bed, keys: readonly UpdateKey[]): Promise<void> {
  const js = jetstream(nats);
  const at = new Date(START);
  for (let from = 0; from < keys.length; from += 10_000) {
    const acks: Promise<unknown>[] = [];
    for (let place = from; place < Math.min(from + 10_000, keys.length); place += 100) {
      const items = keys.slice(place, place + 100).map(({ deviceId, commandId, version, build }) => ({
        deviceId,
        commandId,
        reportId: commandId,
        at: at.toISOString(),
        observation: { kind: 'available-updates' as const, products: [{ productKey: `k${version}`, version, build }] },
      }));
      const id = `bench-${items[0]!.commandId}`;
      const body = encodeMessage(message(deviceObserved, { id, tenant: 'default', at }, items));
      acks.push(js.publish(subjectFor('lamp', deviceObserved, 'default', items[0]!.deviceId), body, { msgID: id }));
    }
    await Promise.all(acks);
  }
}

async function ceiling(bed: Bed, keys: readonly UpdateKey[]): Promise<Sample> {
  await stageCeiling(bed.db);
  const before = bed.cpu({});
  const start = performance.now();
  for (let from = 0; from < keys.length; from += BATCH) await upsertBatch(bed.db, keys.slice(from, from + BATCH));
  const seconds = (performance.now() - start) / 1000;
  return { rate: keys.length / seconds, cpuSeconds: totalOf(cpuBetween(before, bed.cpu({}))) };
}
