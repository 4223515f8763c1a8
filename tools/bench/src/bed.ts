import { connect } from '@nats-io/transport-node';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

import { LampError } from '../../lamp/src/errors.ts';
import type { ServiceName } from '../../lamp/src/product/services.ts';
import { type Product, startProduct } from '../../lamp/src/product/start-product.ts';
import { removeScratch, scratchDir } from '../../lamp/src/tests/scratch.ts';
import type { BenchOptions } from './options.ts';
import { type CpuSeconds, cpuSecondsOf, peakMemoryOf } from './processes.ts';

/** Some services as real processes on servers of their own, and the benchmark's own way to those servers. */
export interface Bed {
  readonly product: Product;
  /** A connection of the database's owner. */
  readonly db: pg.Client;
  readonly nats: Awaited<ReturnType<typeof connect>>;
  readonly dir: string;
  /** CPU seconds so far of the database, the broker, and either the services of the bed or the processes that are named. */
  cpu(others?: Readonly<Record<string, number>>): CpuSeconds;
  /** `name 123 MiB, …` */
  peakMemory(): string;
}

export interface BedSettings {
  readonly services: readonly ServiceName[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a bed, works on it, and takes it away, also when the work fails or is interrupted. */
export async function onBed<T>(
  options: BenchOptions,
  settings: BedSettings,
  work: (bed: Bed) => Promise<T>,
): Promise<T> {
  const dir = scratchDir(options.parentDir);
  try {
    options.say('starting private servers and services …');
    const product = await startProduct({
      dir,
      services: settings.services,
      build: settings.services.length > 0,
      // The devices of a load share one certificate.
      env: { LAMP_LOG_LEVEL: 'warn', LAMP_GATEWAY_MAX_PER_DEVICE: '100000', ...settings.env, ...profiling(options) },
      signal: options.signal,
    });
    try {
      return await connected(product, dir, settings.services, work);
    } finally {
      await product.stop();
    }
  } finally {
    removeScratch(dir);
  }
}

async function connected<T>(
  product: Product,
  dir: string,
  services: readonly ServiceName[],
  work: (bed: Bed) => Promise<T>,
): Promise<T> {
  const db = new pg.Client({ connectionString: product.urls.database });
  db.on('error', () => undefined);
  await db.connect();
  const { hostname, port, username, password } = new URL(product.urls.nats);
  const nats = await connect({ servers: `${hostname}:${port}`, user: username, pass: password });
  const pidOf = (name: string): number => product.processes.get(name)?.identity?.pid ?? 0;
  const servicePids = Object.fromEntries(services.map((name) => [name, pidOf(name)]));
  const serverPids = { database: pidOf('database'), nats: pidOf('nats') };
  try {
    return await work({
      product,
      db,
      nats,
      dir,
      cpu: (others = servicePids) => cpuSecondsOf({ ...others, ...serverPids }),
      peakMemory: () => services.map((name) => `${name} ${Math.round(peakMemoryOf(pidOf(name)))} MiB`).join(', '),
    });
  } finally {
    await nats.close();
    await db.end().catch(() => undefined);
  }
}

function profiling({ profileDir }: BenchOptions): Record<string, string> {
  if (profileDir === undefined) return {};
  const dir = resolve(profileDir);
  mkdirSync(dir, { recursive: true });
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${dir}` };
}

/** Waits for a condition, looking again each `everyMs`. Throws when interrupted, or when it takes longer than `mostMs`. */
export async function waitUntil(
  what: string,
  { signal }: BenchOptions,
  holds: () => Promise<boolean>,
  { everyMs = 50, mostMs = 600_000 } = {},
): Promise<void> {
  const end = performance.now() + mostMs;
  while (!(await holds())) {
    signal.throwIfAborted();
    if (performance.now() > end) throw new LampError(`${what} took longer than ${mostMs / 1000} s.`);
    await sleep(everyMs);
  }
}

/** A file of the bed that goes with it. */
export function fileIn(bed: Pick<Bed, 'dir'>, name: string): string {
  return join(bed.dir, name);
}
