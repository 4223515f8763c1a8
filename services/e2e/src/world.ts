import { clockFrom, type ClockFunctions } from '@lamplighter/contracts';
import {
  Catalog,
  type FleetHandle,
  type FleetOptions,
  type FleetPki,
  pkiIn,
  SAMPLE_FEED,
  startFleet,
} from '@lamplighter/fleet-sim';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { z } from 'zod';
import { ensurePki } from '../../../tools/lamp/src/product/pki.ts';
import { type Product, startProduct } from '../../../tools/lamp/src/product/start-product.ts';
import { freePort } from '../../../tools/lamp/src/servers/ports.ts';
import type { Durability } from '../../../tools/lamp/src/servers/server.ts';
import { foreignData } from '../../../tools/lamp/src/servers/start-servers.ts';
import { Api } from './api.ts';

/** An evening at which the sample feed's releases are posted and not expired. */
const START = Date.parse('2026-10-01T18:00:00Z');

export interface WorldOptions {
  /** Clock milliseconds per real millisecond, for services and devices alike. */
  readonly factor: number;
  /** `fast` by default; what is killed with its data must be `durable`. */
  readonly durability?: Durability;
  /** Further settings for every service. */
  readonly env?: Readonly<Record<string, string>>;
  readonly fleet: Pick<FleetOptions, 'devices' | 'mix' | 'seed' | 'enrollRate'>;
  /** Apple's releases, for the product and the devices alike, in GDMF's format. Absent: the simulator's sample. */
  readonly feed?: string;
}

/** The product as `lamp up` runs it, one process a service, on servers of its own; and devices that reach it over real sockets. */
export interface World {
  readonly product: Product;
  readonly api: Api;
  readonly fleet: FleetHandle;
  readonly clock: ClockFunctions;
  /** The LAMP_CLOCK of all of it. */
  readonly clockSetting: string;
  /** As the database's owner: for looking. */
  readonly database: pg.Pool;
  /** All that a service has logged. */
  log(service: string): string;
  stop(): Promise<void>;
}

/** Resolves when every device has enrolled, the release feed is in, and pushes can go out. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'lamp-e2e-'));
  // PostgreSQL runs as another user where this runs as root, and must get through to its own directory.
  chmodSync(dir, 0o711);
  const setting = `scaled:${Date.now()}:${START}:${options.factor}`;
  const { deviceCa, deviceCaKey } = await ensurePki(dir);
  const ca = { certificate: readFileSync(deviceCa, 'utf8'), key: readFileSync(deviceCaKey, 'utf8') };
  const pki = pkiIn(join(dir, 'fleet'), 'com.apple.mgmt.External.e2e', ca);
  const apnsPort = await freePort();
  const undo: (() => unknown)[] = [() => removeAll(dir)];
  const stop = async (): Promise<void> => {
    for (const one of undo.splice(0).reverse()) await one();
  };
  try {
    const product = await onOwnServers(() =>
      startProduct({
        dir,
        build: false,
        durability: options.durability ?? 'fast',
        env: {
          LAMP_CLOCK: setting,
          LAMP_TRACE_SAMPLE: '1',
          LAMP_APNS_URL: `https://localhost:${apnsPort}`,
          LAMP_APNS_CA: join(dir, 'fleet', 'apns-ca.pem'),
          ...options.env,
        },
      }),
    );
    undo.push(() => product.stop());
    const api = new Api(product.urls.admin, product.token);
    const feed = options.feed ?? readFileSync(SAMPLE_FEED, 'utf8');
    await prepare(api, pki, feed);
    const fleet = await startFleet({
      ...options.fleet,
      server: `${product.urls.gateway}/mdm`,
      serverCa: readFileSync(product.pki.gatewayCa, 'utf8'),
      pki,
      catalog: Catalog.fromGdmf(feed),
      clock: setting,
      apns: { port: apnsPort },
    });
    undo.push(() => fleet.stop());
    const database = new pg.Pool({ connectionString: product.urls.database, max: 2 });
    // A database that is killed takes idle connections along; the next query opens another.
    database.on('error', () => undefined);
    undo.push(() => database.end());
    await fleet.enrolled();
    const log = (service: string): string => readFileSync(join(dir, 'logs', `${service}.log`), 'utf8');
    return { product, api, fleet, clock: clockFrom(setting), clockSetting: setting, database, log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What an operator does once: the push certificate, and which releases there are. */
async function prepare(api: Api, pki: FleetPki, feed: string): Promise<void> {
  const pem = `${pki.push.certificate}\n${pki.push.key}`;
  await api.ask(z.object({ topic: z.literal(pki.topic) }), 'PUT', '/v1/push-certificates', { pem });
  await api.ask(z.object({ added: z.int().positive() }), 'POST', '/v1/catalog', JSON.parse(feed));
}

/** Roles' passwords belong to a whole database server, and some of these are killed: so none that others use. */
async function onOwnServers<T>(start: () => Promise<T>): Promise<T> {
  const names = ['LAMP_NATS_URL', 'LAMP_REDIS_URL', 'LAMP_DATABASE_URL'];
  const former = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) delete process.env[name];
  try {
    return await start();
  } finally {
    for (const [name, value] of former) if (value !== undefined) process.env[name] = value;
  }
}

/** `LAMP_E2E_KEEP` leaves logs and data for a look, and says where. */
function removeAll(dir: string): void {
  if (process.env['LAMP_E2E_KEEP'] !== undefined) {
    process.stderr.write(`kept: ${dir}\n`);
    return;
  }
  for (const path of [...foreignData(dir), dir]) rmSync(path, { recursive: true, force: true });
}
