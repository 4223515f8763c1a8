import { enrollmentCheckIn, type InputOf, requestSubject } from '@lamplighter/contracts';
import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';

import { type Bed, onBed } from '../bed.ts';
import type { BenchOptions, Report } from '../options.ts';
import { cpuBetween, cpuText, totalOf } from '../processes.ts';
import { resultOf, type Sample } from '../result.ts';

const SMALL = 10_000;
const DEFAULT_LARGE = 1_000_000;
const IN_FLIGHT = 64;

type CheckIn = InputOf<typeof enrollmentCheckIn>;

/** New devices (Authenticate, then TokenUpdate) in a large fleet beside a small one, as the gateway asks for them. */
export async function enrollment(options: BenchOptions): Promise<Report> {
  const large = options.devices ?? DEFAULT_LARGE;
  return onBed(options, { services: ['command-queue'] }, async (bed) => {
    const samples: Record<'large' | 'small', Sample[]> = { large: [], small: [] };
    // The first round warms up.
    for (let run = 0; run <= options.runs; run += 1) {
      for (const side of ['small', 'large'] as const) {
        options.signal.throwIfAborted();
        await stage(bed.db, side === 'small' ? SMALL : large);
        const sample = await enrollFor(bed, options, `enrollment ${run}/${options.runs} ${side}`);
        if (run > 0) samples[side].push(sample);
      }
    }
    const result = resultOf({ name: 'enrollment', unit: 'devices/CPU-s', goal: 0.8 }, samples.large, samples.small);
    return { results: [result], notes: [`enrollment: at ${large} devices beside ${SMALL}`] };
  });
}

async function stage(db: pg.Client, devices: number): Promise<void> {
  await db.query('TRUNCATE command_queue.enrollment, command_queue.command, command_queue.command_history');
  await db.query(
    `INSERT INTO command_queue.enrollment (tenant, device_id, kind, status, topic, certificate_hash, push_address,
            token_updated_at, generation, facts, authenticated_at, enrolled_at)
     SELECT 'default', upper(id::text), 'device', 'enrolled', 'com.apple.mgmt.External.bench', sha256(id::text::bytea),
            decode(repeat('5a', 120), 'hex'), now(), 1, '{}', now(), now()
       FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, $1::int)) d`,
    [devices],
  );
  await db.query('VACUUM ANALYZE command_queue.enrollment');
  await db.query('CHECKPOINT');
}

async function enrollFor(bed: Bed, { seconds, say }: BenchOptions, what: string): Promise<Sample> {
  const before = bed.cpu();
  const end = performance.now() + seconds * 1000;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      await enrollOne(bed);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  const cpu = cpuBetween(before, bed.cpu());
  say(`${what}: ${Math.round(done / totalOf(cpu))} devices/CPU-s, ${Math.round(done / seconds)}/s; ${cpuText(cpu)}`);
  return { rate: done / totalOf(cpu), cpuSeconds: totalOf(cpu) };
}

async function enrollOne(bed: Bed): Promise<void> {
  const deviceId = randomUUID().toUpperCase();
  const topic = 'com.apple.mgmt.External.bench';
  const base = {
    tenant: 'default',
    deviceId,
    kind: 'device',
    certificateHash: createHash('sha256').update(deviceId).digest('hex'),
  } as const;
  const facts = { serialNumber: deviceId.slice(-12), osVersion: '15.5', productName: 'MacBookPro18,3' };
  await checkIn(bed, { ...base, message: { type: 'Authenticate', topic, facts } });
  const token = Buffer.alloc(32, deviceId).toString('base64');
  await checkIn(bed, { ...base, message: { type: 'TokenUpdate', topic, token, pushMagic: deviceId } });
}

async function checkIn({ nats }: Bed, input: Omit<CheckIn, 'receivedAt'>): Promise<void> {
  const payload = JSON.stringify({ ...input, receivedAt: new Date().toISOString() });
  const reply = await nats.request(requestSubject('lamp', enrollmentCheckIn), payload, { timeout: 10_000 });
  const { outcome } = reply.json<{ outcome?: string }>();
  if (outcome !== 'ok') throw new Error(`a check-in was answered with ${reply.string().slice(0, 200)}`);
}
