import {
  derivedUuid,
  encodeMessage,
  message,
  pushCertificatePut,
  pushRequest,
  requestSubject,
  subjectFor,
} from '@lamplighter/contracts';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { newPushPki, type PushPki, topicOf } from '../../../fleet-sim/src/apns/push-pki.ts';
import { loadSecrets } from '../../../lamp/src/servers/secrets.ts';
import { removeScratch, scratchDir } from '../../../lamp/src/tests/scratch.ts';
import { type Bed, onBed, waitUntil } from '../bed.ts';
import type { BenchOptions, Report } from '../options.ts';
import { cpuBetween, type CpuSeconds, cpuSecondsOf, cpuText, totalOf } from '../processes.ts';
import { median, resultOf, type Sample } from '../result.ts';
import { Helper, type PushService, startApns } from './helper.ts';
import { deviceIdOf, stageTargets } from './stage.ts';

const DEFAULT_DEVICES = 100_000;
const PER_MESSAGE = 1_000;
const CONNECTIONS = 2;
const topic = topicOf('bench');

interface Run extends Sample {
  readonly perSecond: number;
  readonly cpu: CpuSeconds;
}

/** Pushes a CPU second of one apns-push with its servers, against a bare loop; and a second, where each answer takes 50 ms. */
export async function push(options: BenchOptions): Promise<Report> {
  const pki = newPushPki(topic);
  const [plain, delayed] = [await atDelay(options, pki, 0), await atDelay(options, pki, 50)];
  const result = resultOf({ name: 'push', unit: 'pushes/CPU-s', goal: 0.8 }, plain.ours, plain.bare);
  const clock = (runs: readonly Run[]): Run[] => runs.map((run) => ({ ...run, rate: run.perSecond }));
  const slow = resultOf({ name: 'push-50ms', unit: 'pushes/s', goal: 0.8 }, clock(delayed.ours), clock(delayed.bare));
  const own = median(plain.ours.map(({ cpu, cpuSeconds, rate }) => (rate * cpuSeconds) / cpu['apns-push']!));
  return {
    results: [result, slow],
    notes: [
      `push: ${Math.round(own)} pushes a CPU second of apns-push alone, ${result.baseline} of the bare loop`,
      `push: ${Math.round(median(plain.ours.map(({ perSecond }) => perSecond)))} pushes/s; ${cpuText(plain.ours[0]!.cpu)}`,
    ],
  };
}

async function atDelay(options: BenchOptions, pki: PushPki, answerDelayMs: number) {
  const devices = options.devices ?? DEFAULT_DEVICES;
  const dir = scratchDir(options.parentDir);
  const apns = await startApns({ server: pki.server, pushCa: pki.ca, answerDelayMs });
  const ca = join(dir, 'apns-ca.pem');
  writeFileSync(ca, pki.ca);
  const env = {
    LAMP_APNS_URL: `https://localhost:${apns.port}`,
    LAMP_APNS_CA: ca,
    LAMP_APNS_CONNECTIONS: String(CONNECTIONS),
    LAMP_PUSHES_PER_SECOND: '1000000',
    LAMP_PUSH_SPACING_SECONDS: '0',
  };
  try {
    return await onBed(options, { services: ['apns-push'], env }, async (bed) => {
      await stageTargets(bed.db, loadSecrets(bed.dir).key, topic, devices);
      await putCertificate(bed, pki);
      const runs: Record<'ours' | 'bare', Run[]> = { ours: [], bare: [] };
      // The first round warms both up.
      for (let run = 0; run <= options.runs; run += 1) {
        options.signal.throwIfAborted();
        const ours = await oursOnce(bed, options, apns, devices, run);
        const bare = await bareOnce(pki, apns.port, devices);
        if (run === 0) continue;
        runs.ours.push(ours);
        runs.bare.push(bare);
        const text = ({ rate, perSecond }: Run): string => `${Math.round(rate)}/CPU-s ${Math.round(perSecond)}/s`;
        options.say(`push ${run}/${options.runs}, ${answerDelayMs} ms: ours ${text(ours)}, bare ${text(bare)}`);
      }
      return runs;
    });
  } finally {
    apns.stop();
    removeScratch(dir);
  }
}

async function putCertificate({ nats }: Bed, { push: pair }: PushPki): Promise<void> {
  const input = { tenant: 'default', pem: `${pair.certificate}\n${pair.key}` };
  const reply = await nats.request(requestSubject('lamp', pushCertificatePut), JSON.stringify(input), {
    timeout: 10_000,
  });
  if (!('ok' in reply.json<object>())) throw new Error(`the push certificate was refused: ${reply.string()}`);
}

/** From the first request to the last answer, and until what is told of it has left. */
async function oursOnce(
  bed: Bed,
  options: BenchOptions,
  apns: PushService,
  devices: number,
  run: number,
): Promise<Run> {
  const manager = await jetstreamManager(bed.nats);
  const client = jetstream(bed.nats);
  const acceptedBefore = await apns.accepted();
  const cpuBefore = bed.cpu();
  const start = performance.now();
  const at = new Date();
  const expiresAt = new Date(at.getTime() + 3_600_000).toISOString();
  for (let from = 0; from < devices; from += PER_MESSAGE) {
    const id = derivedUuid('bench-push', run, from);
    const items = Array.from({ length: Math.min(PER_MESSAGE, devices - from) }, (_, n) => ({
      deviceId: deviceIdOf(from + n),
      expiresAt,
      reason: 'enqueued' as const,
    }));
    const body = encodeMessage(message(pushRequest, { id, tenant: 'default', at }, items));
    await client.publish(subjectFor('lamp', pushRequest, 'default', id), body, { msgID: id });
  }
  const sent = async (): Promise<boolean> => (await apns.accepted()) - acceptedBefore >= devices;
  await waitUntil('pushing', options, sent, { everyMs: 20 });
  const seconds = (performance.now() - start) / 1000;
  await waitUntil('what is told of it', options, async () => {
    const { rows } = await bed.db.query<{ done: boolean }>('SELECT NOT EXISTS (SELECT FROM apns_push.outbox) AS done');
    return rows[0]?.done === true && (await manager.streams.info('LAMP_PUSHES')).state.messages === 0;
  });
  const cpu = cpuBetween(cpuBefore, bed.cpu());
  return { rate: devices / totalOf(cpu), cpuSeconds: totalOf(cpu), perSecond: devices / seconds, cpu };
}

async function bareOnce({ ca, push: pair }: PushPki, port: number, pushes: number): Promise<Run> {
  const loop = new Helper('bare-process.ts');
  try {
    const url = `https://localhost:${port}`;
    await loop.ask({ url, ca, push: pair, topic, pushes, connections: CONNECTIONS, streams: 1_000 });
    const pids = { bare: loop.pid };
    const before = cpuSecondsOf(pids);
    const start = performance.now();
    await loop.ask({});
    const seconds = (performance.now() - start) / 1000;
    const cpu = cpuBetween(before, cpuSecondsOf(pids));
    return { rate: pushes / totalOf(cpu), cpuSeconds: totalOf(cpu), perSecond: pushes / seconds, cpu };
  } finally {
    loop.stop();
  }
}
