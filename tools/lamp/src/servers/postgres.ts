import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

import { LampError } from '../errors.ts';
import { writePrivate } from '../private-file.ts';
import { type Binary, postgres } from './binaries.ts';
import { dirForUser, postgresUser, type User } from './server-user.ts';
import type { Durability, Server, ServerSetting } from './server.ts';

const settings: Record<Durability, readonly string[]> = {
  durable: ['shared_buffers=256MB', 'max_wal_size=4GB', 'wal_compression=on'],
  fast: ['shared_buffers=256MB', 'fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_wal_size=2GB'],
};

/** PostgreSQL with superuser and database `lamp`, TCP on 127.0.0.1 only, data in `<dir>/postgres/data`. */
export async function preparePostgres(setting: ServerSetting): Promise<Server> {
  const { port, password, durability } = setting;
  const user = postgresUser();
  const home = dirForUser(setting.dir, 'postgres', user);
  const data = join(home, 'data');
  const program = await postgres(majorOf(data));
  if (!existsSync(data)) await initialise(program('initdb'), home, password, user);
  const options = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=300',
    'jit=off',
    ...settings[durability],
  ];
  const binary = program('postgres');
  const url = `postgresql://lamp:${password}@127.0.0.1:${port}`;
  return {
    url: `${url}/lamp`,
    program: {
      name: 'database',
      command: binary.path,
      args: ['-D', data, ...options.flatMap((option) => ['-c', option])],
      env: binary.env,
      cwd: home,
      user,
      stopSignal: 'SIGINT',
      graceMs: 30_000,
      ready: () => ensureDatabase(`${url}/postgres`),
    },
  };
}

function majorOf(data: string): string | undefined {
  const file = join(data, 'PG_VERSION');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/** Made beside and renamed, so that an interrupted initdb leaves nothing that looks whole. */
async function initialise(initdb: Binary, home: string, password: string, user: User | undefined): Promise<void> {
  const work = mkdtempSync(join(home, 'init-'));
  const passwordFile = join(work, 'password');
  writePrivate(passwordFile, password);
  if (user !== undefined) for (const path of [work, passwordFile]) chownSync(path, user.uid, user.gid);
  const args = ['-D', join(work, 'data'), '-U', 'lamp', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  try {
    const all = [...args, '--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'];
    const env = { ...process.env, ...initdb.env, LC_ALL: 'C' };
    await promisify(execFile)(initdb.path, all, { cwd: home, env, ...ids(user) });
    renameSync(join(work, 'data'), join(home, 'data'));
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new LampError(`initdb failed in ${dirname(work)}: ${said}`, 'Correct what it names, or use another --dir.');
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function ids(user: User | undefined): { uid: number; gid: number } | undefined {
  return user === undefined ? undefined : { uid: user.uid, gid: user.gid };
}

async function ensureDatabase(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const found = await client.query(`select 1 from pg_database where datname = 'lamp'`);
    if (found.rowCount === 0) await client.query('create database lamp');
    return true;
  } finally {
    await client.end();
  }
}
