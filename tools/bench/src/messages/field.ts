import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { join } from 'node:path';

import { bundle } from '../../../build/bundle.ts';
import { type Bed, onBed } from '../bed.ts';
import type { BenchOptions } from '../options.ts';
import type { Sample } from '../result.ts';

export const STREAM = 'BENCH_EVENTS';
export const SUBJECT = 'bench.event.default.bench.ticked.0';
export const FILTER = 'bench.event.*.bench.ticked.*';
/** Most messages in flight on every side. */
export const WINDOW = 1_000;

interface Row {
  readonly subject: string;
  readonly messageId: string;
  readonly payload: Buffer;
}

/** What the benchmarks need of our messaging library. */
export interface Ours {
  publishAll(rows: readonly Row[]): Promise<void>;
  /** One message of one item, as the services write it. */
  publishItem(n: number): Promise<void>;
  /** Handles `count` messages through a durable of its own. */
  consume(count: number, service: string, maxBatch: number): Promise<void>;
  close(): Promise<void>;
}

/** A broker of the benchmark's own with an event stream, reached through our library and through the client's. */
export interface MessageField {
  readonly ours: Ours;
  readonly nc: NatsConnection;
  readonly manager: JetStreamManager;
  /** The rate of `count` messages a CPU second of this process and the broker. */
  measure(count: number, work: () => Promise<void>): Promise<Sample>;
}

export async function onMessageField<T>(options: BenchOptions, work: (field: MessageField) => Promise<T>): Promise<T> {
  const output = 'tools/bench/dist/messages.js';
  await bundle({ entry: 'tools/bench/src/messages/ours.ts', output });
  const { connectOurs } = (await import(join(import.meta.dirname, '../../dist/messages.js'))) as {
    connectOurs(url: string, prefix: string, window: number): Promise<Ours>;
  };
  return onBed(options, { services: [] }, async (bed) => {
    const ours = await connectOurs(bed.product.urls.nats, 'bench', WINDOW);
    try {
      const measure: MessageField['measure'] = (count, job) => sampleOf(bed, count, job);
      return await work({ ours, nc: bed.nats, manager: await jetstreamManager(bed.nats), measure });
    } finally {
      await ours.close();
    }
  });
}

async function sampleOf(bed: Bed, count: number, work: () => Promise<void>): Promise<Sample> {
  const brokerBefore = bed.cpu({})['nats']!;
  const ownBefore = process.cpuUsage();
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1_000;
  const own = process.cpuUsage(ownBefore);
  const cpuSeconds = (own.user + own.system) / 1e6 + bed.cpu({})['nats']! - brokerBefore;
  return { rate: count / cpuSeconds, cpuSeconds, clockRate: count / seconds };
}
