import { connect } from '@nats-io/transport-node';
import { Redis } from 'ioredis';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

import { identify } from '../processes/identity.ts';
import { isNatsVersionNewEnough } from './binaries.ts';
import { freePort } from './ports.ts';
import { foreignData, type LocalServers, startServers } from './start-servers.ts';

const named = ['LAMP_NATS_URL', 'LAMP_REDIS_URL', 'LAMP_DATABASE_URL'];

describe('private servers', () => {
  let dir: string;
  const outside = { ...process.env };
  beforeAll(() => {
    // The servers of this very run are named there.
    for (const name of named) delete process.env[name];
    dir = mkdtempSync(join(tmpdir(), 'lamp-servers-'));
  });
  afterAll(() => {
    Object.assign(process.env, outside);
    for (const path of [...foreignData(dir), dir]) rmSync(path, { recursive: true, force: true });
  });

  const start = async (): Promise<LocalServers> => startServers({ dir, durability: 'fast', restart: false });

  it('serve on their URLs, keep their data over a stop, and leave no process', async () => {
    const first = await start();
    await query(first.urls.database, 'create table kept (id int)');
    const pids = Object.values(first.all).map((server) => server.process?.identity?.pid ?? 0);
    await first.stop();
    expect(pids.map(identify)).toEqual([undefined, undefined, undefined]);

    const second = await start();
    try {
      expect(await query(second.urls.database, 'select count(*)::int as n from kept')).toEqual([{ n: 0 }]);
      const nats = await connect(natsOptions(second.urls.nats));
      expect(nats.info?.jetstream).toBe(true);
      await nats.close();
      const redis = new Redis(second.urls.redis, { disconnectTimeout: 100 });
      expect(await redis.ping()).toBe('PONG');
      redis.disconnect();
    } finally {
      await second.stop();
    }
  }, 120_000);

  it('let nobody in without the password', async () => {
    const servers = await start();
    try {
      const { port } = new URL(servers.urls.nats);
      await expect(connect({ servers: `127.0.0.1:${port}`, reconnect: false })).rejects.toThrow(/authorization/i);
      const bare = new URL(servers.urls.database);
      bare.password = 'guess';
      await expect(query(bare.toString(), 'select 1')).rejects.toThrow(/password authentication failed/);
      const redis = new Redis({
        port: Number(new URL(servers.urls.redis).port),
        lazyConnect: true,
        retryStrategy: () => null,
        disconnectTimeout: 100,
      });
      const refused = new Promise<Error>((resolve) => redis.once('error', resolve));
      await Promise.allSettled([redis.connect(), redis.get('x')]);
      expect((await refused).message).toMatch(/NOAUTH/);
      redis.disconnect();
    } finally {
      await servers.stop();
    }
  }, 120_000);

  it('keep their secrets in files that their owner alone reads', () => {
    for (const file of ['secrets.json', 'nats.conf', 'redis.conf'])
      expect(statSync(join(dir, file)).mode & 0o077).toBe(0);
  });

  it('are not started where the environment names one', async () => {
    Object.assign(process.env, {
      LAMP_NATS_URL: 'nats://n:1',
      LAMP_REDIS_URL: 'redis://r:1',
      LAMP_DATABASE_URL: 'postgresql://d:1/x',
    });
    const empty = mkdtempSync(join(tmpdir(), 'lamp-named-'));
    const servers = await startServers({ dir: empty, durability: 'fast', restart: false });
    expect(servers.urls).toEqual({ nats: 'nats://n:1', redis: 'redis://r:1', database: 'postgresql://d:1/x' });
    await servers.stop();
    expect(readdirSync(join(empty, 'logs'))).toEqual([]);
    expect(existsSync(join(empty, 'postgres'))).toBe(false);
    rmSync(empty, { recursive: true });
    for (const name of named) delete process.env[name];
  });

  it('take another port when the wished one is taken', async () => {
    const taken = await freePort();
    const redis = await startServers({ dir, durability: 'fast', restart: false, ports: { redis: taken } });
    expect(redis.all.redis.port).toBe(taken);
    expect(await freePort(taken)).not.toBe(taken);
    await redis.stop();
  }, 120_000);

  it('need NATS 2.14 or newer', () => {
    const printed = ['v2.9.10', 'v2.14.0', 'v2.15.1', 'v3.0.0', ''].map((version) => `nats-server: ${version}`);
    expect(printed.map(isNatsVersionNewEnough)).toEqual([false, true, true, true, false]);
  });
});

function natsOptions(url: string): { servers: string; user: string; pass: string } {
  const { host, username, password } = new URL(url);
  return { servers: host, user: username, pass: password };
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}
