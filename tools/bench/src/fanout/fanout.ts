import { AppError, Failure, type PolicyInput, policyPut, PolicySpec, requestSubject } from '@lamplighter/contracts';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';

import { LampError } from '../../../lamp/src/errors.ts';
import { type Bed, onBed, waitUntil } from '../bed.ts';
import type { BenchOptions, Report } from '../options.ts';
import { cpuBetween, cpuText, totalOf } from '../processes.ts';
import { median, resultOf, type Sample } from '../result.ts';
import { copySeconds, keepRows } from '../copy-baseline.ts';
import { clearRollouts, stageFleet } from './stage.ts';

const DEFAULT_DEVICES = 200_000;
/** Whose rows a fan-out makes, one or more for each device. */
const TABLES = ['update_scheduler.device_update', 'update_scheduler.update_event', 'command_queue.command'];
/** In no zone is it midnight soon, when the next window would open. */
const START = Date.parse('2026-11-22T01:05:00Z');
/**
 * The pace allows a million devices a minute of this clock, in each zone: no bound to what is measured. An hour of it, after which the
 * next window would open somewhere, is time for two runs of a million devices.
 */
const FACTOR = 4;

const env = (): Record<string, string> => ({
  LAMP_CLOCK: `scaled:${Date.now()}:${START}:${FACTOR}`,
  LAMP_WINDOW_TICK_MS: '50',
  // A minute of real time, as by default with a real clock; and no second push within a run.
  LAMP_JOIN_SECONDS: '240',
  // A clock that runs so fast would look at the whole fleet as much more often.
  LAMP_WATCH: 'off',
  LAMP_FIRST_COMMANDS_PER_MINUTE: '1000000000',
  LAMP_REPUSH_SECONDS: '86400',
});

/** From the policy that is put to the last committed command row, in rows a second. */
export async function fanout(options: BenchOptions): Promise<Report> {
  const devices = options.devices ?? DEFAULT_DEVICES;
  return onBed(options, { services: ['update-scheduler', 'command-queue'], env: env() }, async (bed) => {
    options.say(`fanout: staging ${devices} devices …`);
    await stageFleet(bed.db, devices, new Date(START - 86_400_000));
    const ours: Sample[] = [];
    const copies: Sample[] = [];
    for (let run = 1; run <= options.runs; run += 1) {
      ours.push(await fanOut(bed, options, devices, run));
      if (run === 1) await keepRows(bed, TABLES);
      options.signal.throwIfAborted();
      copies.push(await copySample(bed, devices));
      options.say(
        `fanout ${run}/${options.runs}: ours ${Math.round(ours.at(-1)!.rate)}/s, COPY ${Math.round(copies.at(-1)!.rate)}/s`,
      );
    }
    const result = resultOf({ name: 'fanout', unit: 'commands/s', goal: 0.33 }, ours, copies);
    return { results: [result], notes: notesOf(devices, ours, copies, bed) };
  });
}

async function copySample(bed: Bed, devices: number): Promise<Sample> {
  const before = bed.cpu({});
  const seconds = await copySeconds(bed, TABLES);
  return { rate: devices / seconds, cpuSeconds: totalOf(cpuBetween(before, bed.cpu({}))) };
}

/** CPU time for each device holds on a crowded machine too, where the time on the clock does not. */
function notesOf(devices: number, ours: readonly Sample[], copies: readonly Sample[], bed: Bed): string[] {
  const [own, copy] = [ours, copies].map((runs) => (median(runs.map((run) => run.cpuSeconds)) / devices) * 1e6);
  return [
    `fanout: ${devices} devices; CPU a device: ours ${own!.toFixed(0)} µs, COPY ${copy!.toFixed(0)} µs in the servers`,
    `fanout: peak memory ${bed.peakMemory()}`,
  ];
}

async function fanOut(bed: Bed, options: BenchOptions, devices: number, run: number): Promise<Sample> {
  const manager = await jetstreamManager(bed.nats);
  await waitUntil('what the last run left', options, () => isQuiet(bed, manager));
  await clearRollouts(bed.db);
  await bed.db.query('CHECKPOINT');
  const before = bed.cpu();
  const start = performance.now();
  await putPolicy(bed, `first ${run}`, { precedence: 500, assignment: { groups: ['first'] } });
  await putPolicy(bed, `bench ${run}`, {
    assignment: { groups: ['managed'], excludedGroups: ['kiosks'] },
    rings: [{ name: 'some', percent: 20 }, { name: 'all' }],
  });
  await waitUntil('the first commands', options, () => hasCommands(bed), { everyMs: 20 });
  const firstSeconds = (performance.now() - start) / 1000;
  await waitUntil('planning and releasing', options, () => isReleased(bed), { everyMs: 50 });
  await waitUntil('queueing', options, () => isQueued(bed, manager, devices), { everyMs: 20 });
  const seconds = (performance.now() - start) / 1000;
  const cpu = cpuBetween(before, bed.cpu());
  options.say(
    `fanout ${run}/${options.runs}: first commands queued after ${firstSeconds.toFixed(1)} s, all after ${seconds.toFixed(1)} s; ${cpuText(cpu)}`,
  );
  return { rate: devices / seconds, cpuSeconds: totalOf(cpu) };
}

async function putPolicy(bed: Bed, name: string, more: Partial<PolicyInput>): Promise<void> {
  const spec = PolicySpec.parse({
    name,
    platforms: ['macOS', 'iOS'],
    ...more,
    windows: [{ start: '00:00', lengthMinutes: 1440, stopBeforeMinutes: 0, zone: 'device' }],
    pace: { devicesPerMinute: 1_000_000, spread: 0 },
  });
  const payload = JSON.stringify({ tenant: 'default', spec });
  const reply = await bed.nats.request(requestSubject('lamp', policyPut), payload, { timeout: 10_000 });
  const failure = Failure.safeParse(reply.json());
  if (failure.success) throw new AppError(failure.data.error.code, failure.data.error.message);
}

async function hasCommands({ db }: Bed): Promise<boolean> {
  const { rows } = await db.query<{ some: boolean }>('SELECT EXISTS (SELECT FROM command_queue.command) AS some');
  return rows[0]?.some === true;
}

/** Cheap to ask: small tables only. */
async function isReleased({ db }: Bed): Promise<boolean> {
  const { rows } = await db.query<{ done: boolean }>(`
    SELECT (SELECT count(DISTINCT policy_id) FROM update_scheduler.occurrence) = 2
       AND NOT EXISTS (SELECT FROM update_scheduler.occurrence WHERE state <> 'planned')
       AND NOT EXISTS (SELECT FROM update_scheduler.wave WHERE released_at IS NULL)
       AND NOT EXISTS (SELECT FROM update_scheduler.outbox) AS done`);
  return rows[0]?.done === true;
}

/** Work that is done leaves its stream, right after its commit; the rows are counted once that is empty. */
async function isQueued({ db }: Bed, manager: JetStreamManager, devices: number): Promise<boolean> {
  if (!(await isEmpty(manager))) return false;
  const { rows } = await db.query<{ count: string }>('SELECT count(*) FROM command_queue.command');
  const count = Number(rows[0]?.count);
  if (count === devices) return true;
  throw new LampError(`The fan-out made ${count} commands for ${devices} devices.`, 'See the logs of both services.');
}

async function isQuiet({ db }: Bed, manager: JetStreamManager): Promise<boolean> {
  const { rows } = await db.query<{ quiet: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM command_queue.outbox) AND NOT EXISTS (SELECT FROM update_scheduler.outbox) AS quiet`,
  );
  return rows[0]?.quiet === true && (await isEmpty(manager));
}

async function isEmpty(manager: JetStreamManager): Promise<boolean> {
  return (await manager.streams.info('LAMP_COMMANDS')).state.messages === 0;
}
