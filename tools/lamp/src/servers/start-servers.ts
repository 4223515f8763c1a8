import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { type ProcessEvent, Supervised } from '../processes/supervised.ts';
import { freePort } from './ports.ts';
import { loadSecrets } from './secrets.ts';
import { postgresUser, reachableHome } from './server-user.ts';
import { type Durability, type Server, type ServerName, serverNames, type ServerSetting } from './server.ts';

export interface ServerOptions {
  /** State directory: data, logs, secrets. */
  readonly dir: string;
  readonly durability: Durability;
  /** Restarts a server that ends by itself. */
  readonly restart: boolean;
  /** Ports to take when they are free; any free one else. */
  readonly ports?: Partial<Record<ServerName, number>>;
  onEvent?(event: ProcessEvent): void;
}

/** One server as the product sees it; `process` is undefined for one that a `LAMP_…_URL` names. */
export interface ServerHandle {
  readonly url: string;
  readonly port: number | undefined;
  readonly process: Supervised | undefined;
}

export interface LocalServers {
  /** URLs with credentials. `database` is the superuser's (or, for a named server, whoever its URL says). */
  readonly urls: Readonly<Record<ServerName, string>>;
  readonly all: Readonly<Record<ServerName, ServerHandle>>;
  stop(): Promise<void>;
}

const variables: Record<ServerName, string> = {
  nats: 'LAMP_NATS_URL',
  redis: 'LAMP_REDIS_URL',
  database: 'LAMP_DATABASE_URL',
};

/** Loaded when they are needed: their client libraries would slow down every other command. */
const prepare: Record<ServerName, (setting: ServerSetting) => Promise<Server>> = {
  nats: async (setting) => (await import('./nats.ts')).prepareNats(setting),
  redis: async (setting) => (await import('./redis.ts')).prepareRedis(setting),
  database: async (setting) => (await import('./postgres.ts')).preparePostgres(setting),
};

/**
 * Starts NATS, Redis and PostgreSQL on free ports of 127.0.0.1 with their data under `dir`; a server that
 * `LAMP_NATS_URL`, `LAMP_REDIS_URL` or `LAMP_DATABASE_URL` names is used as it is. When one fails the others are stopped.
 */
export async function startServers(options: ServerOptions): Promise<LocalServers> {
  mkdirSync(join(options.dir, 'logs'), { recursive: true });
  const started = await Promise.allSettled(serverNames.map((name) => startOne(name, options)));
  const handles = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(handles.map(async (handle) => handle.process?.stop()));
  };
  const failed = started.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const [nats, redis, database] = handles as [ServerHandle, ServerHandle, ServerHandle];
  return { urls: { nats: nats.url, redis: redis.url, database: database.url }, all: { nats, redis, database }, stop };
}

/** Directories outside `dir` that hold its data, to be removed with it. */
export function foreignData(dir: string): string[] {
  const home = reachableHome(dir, postgresUser());
  return home === dir ? [] : [home];
}

async function startOne(name: ServerName, options: ServerOptions): Promise<ServerHandle> {
  const named = process.env[variables[name]];
  if (named !== undefined && named !== '') return { url: named, port: undefined, process: undefined };
  const password = loadSecrets(options.dir)[name];
  const port = await freePort(options.ports?.[name]);
  const server = await prepare[name]({ dir: options.dir, port, password, durability: options.durability });
  const supervised = new Supervised(server.program, {
    logPath: join(options.dir, 'logs', `${name}.log`),
    restart: options.restart,
    startTimeoutMs: 60_000,
    onEvent: options.onEvent,
  });
  await supervised.start();
  return { url: server.url, port, process: supervised };
}
