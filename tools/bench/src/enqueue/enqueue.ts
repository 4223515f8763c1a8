import { plistDictFragment, scheduleOsUpdate } from '@lamplighter/apple';
import {
  commandEnqueue,
  derivedUuid,
  encodeMessage,
  message,
  packGroup,
  Priority,
  subjectFor,
} from '@lamplighter/contracts';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';

import { LampError } from '../../../lamp/src/errors.ts';
import { type Bed, onBed, waitUntil } from '../bed.ts';
import { copySeconds, keepRows } from '../copy-baseline.ts';
import { stageFleet } from '../fanout/stage.ts';
import { floorSample } from './floor.ts';
import type { BenchOptions, Report } from '../options.ts';
import { cpuBetween, cpuText, totalOf } from '../processes.ts';
import { resultOf, type Sample } from '../result.ts';

const DEFAULT_DEVICES = 1_000_000;
const PER_MESSAGE = 1_000;
const IN_FLIGHT = 32;
const TABLES = ['command_queue.command'];

const command = plistDictFragment(
  scheduleOsUpdate({ updates: [{ productKey: 'MSU_UPDATE_24G231_patch_15.7.1', installAction: 'InstallASAP' }] }),
);
const bodyId = derivedUuid('command-body', command);

/**
 * One command for a whole fleet: from its messages to committed rows and what is announced of them, in rows a CPU second. Beside it
 * the floor: what the plainest statement that keeps the same promises leaves of COPY, before anybody sends or tells anything.
 */
export async function enqueue(options: BenchOptions): Promise<Report> {
  const devices = options.devices ?? DEFAULT_DEVICES;
  const env = { LAMP_REPUSH_SECONDS: '86400' };
  return onBed(options, { services: ['command-queue'], env }, async (bed) => {
    options.say(`enqueue: staging ${devices} devices …`);
    await stageFleet(bed.db, devices, new Date());
    const ours: Sample[] = [];
    const copies: Sample[] = [];
    const floors: Sample[] = [];
    const ids = await deviceIds(bed);
    for (let run = 1; run <= options.runs; run += 1) {
      ours.push(await enqueueAll(bed, options, ids, run));
      if (run === 1) await keepRows(bed, TABLES);
      copies.push(await copySample(bed, devices));
      const commandIds = ids.map((id) => derivedUuid('bench', run, id));
      floors.push(await floorSample(bed, ids, commandIds));
      const [own, copy, floor] = [ours, copies, floors].map((samples) => Math.round(samples.at(-1)!.rate));
      options.say(`enqueue ${run}/${options.runs}, rows/CPU-s: ours ${own}, COPY ${copy}, a bare statement ${floor}`);
    }
    const of = { unit: 'rows/CPU-s', goal: 0.6 };
    const results = [
      resultOf({ ...of, name: 'enqueue' }, ours, copies),
      resultOf({ ...of, name: 'enqueue-floor' }, floors, copies),
    ];
    return { results, notes: [`enqueue: ${devices} devices, peak memory ${bed.peakMemory()}`] };
  });
}

async function enqueueAll(bed: Bed, options: BenchOptions, ids: readonly string[], run: number): Promise<Sample> {
  const devices = ids.length;
  const manager = await jetstreamManager(bed.nats);
  await bed.db.query('TRUNCATE command_queue.command, command_queue.command_history');
  await bed.db.query('CHECKPOINT');
  const before = bed.cpu();
  const start = performance.now();
  await sendAll(bed, ids, run);
  await waitUntil('queueing', options, () => isDone(bed, manager), { everyMs: 50 });
  const seconds = (performance.now() - start) / 1000;
  const cpu = cpuBetween(before, bed.cpu());
  const { rows: counted } = await bed.db.query<{ count: string }>('SELECT count(*) FROM command_queue.command');
  if (Number(counted[0]?.count) !== devices) {
    throw new LampError(
      `${counted[0]?.count} commands were queued for ${devices} devices.`,
      'See the log of the queue.',
    );
  }
  options.say(`enqueue ${run}/${options.runs}: ${Math.round(devices / seconds)} rows/s; ${cpuText(cpu)}`);
  return { rate: devices / totalOf(cpu), cpuSeconds: totalOf(cpu) };
}

async function deviceIds(bed: Bed): Promise<string[]> {
  const { rows } = await bed.db.query<{ device_id: string }>('SELECT device_id FROM command_queue.enrollment');
  return rows.map(({ device_id }) => device_id);
}

async function sendAll(bed: Bed, ids: readonly string[], run: number): Promise<void> {
  const client = jetstream(bed.nats);
  const at = new Date();
  const expiresAt = new Date(at.getTime() + 4 * 3_600_000).toISOString();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let from = next; from < ids.length; from = next) {
      next += PER_MESSAGE;
      const id = derivedUuid('bench', run, from);
      const group = {
        cause: `bench-${run}`,
        priority: Priority.update,
        expiresAt,
        bodies: [{ bodyId, requestType: 'ScheduleOSUpdate', command }],
        commands: ids
          .slice(from, next)
          .map((deviceId) => ({ deviceId, bodyId, commandId: derivedUuid('bench', run, deviceId) })),
      };
      const one = message(commandEnqueue, { id, tenant: 'default', at }, [packGroup(group)]);
      await client.publish(subjectFor('lamp', commandEnqueue, 'default', id), encodeMessage(one), { msgID: id });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

/** The messages are taken, and what they caused has left the outbox. */
async function isDone(bed: Bed, manager: Awaited<ReturnType<typeof jetstreamManager>>): Promise<boolean> {
  if ((await manager.streams.info('LAMP_COMMANDS')).state.messages > 0) return false;
  const { rows } = await bed.db.query<{ done: boolean }>(
    'SELECT NOT EXISTS (SELECT FROM command_queue.outbox) AS done',
  );
  return rows[0]?.done === true;
}

async function copySample(bed: Bed, devices: number): Promise<Sample> {
  const before = bed.cpu({});
  await copySeconds(bed, TABLES);
  const cpuSeconds = totalOf(cpuBetween(before, bed.cpu({})));
  return { rate: devices / cpuSeconds, cpuSeconds };
}
