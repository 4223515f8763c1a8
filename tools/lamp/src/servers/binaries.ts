import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

import { LampError } from '../errors.ts';
import { binariesDir } from '../paths.ts';
import { installTree, type Package } from './install.ts';

/** An executable and what its environment needs. */
export interface Binary {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

const oldestNats = [2, 14] as const;

/** `LAMP_NATS_SERVER`, PATH (2.14 or newer), `.lamp/bin`, else unpacked there from Debian's testing suite. */
export async function natsServer(): Promise<Binary> {
  return find('nats-server', 'LAMP_NATS_SERVER', 'usr/sbin', isNewEnoughNats);
}

/** `LAMP_REDIS_SERVER`, PATH, `.lamp/bin`, else unpacked there from the system's packages. */
export async function redisServer(): Promise<Binary> {
  return find('redis-server', 'LAMP_REDIS_SERVER', 'usr/bin', () => true);
}

/**
 * A function from a program's name (`postgres`, `initdb`) to its binary: `LAMP_POSTGRES_BIN` (a directory), PATH, the
 * newest of /usr/lib/postgresql (or the one of `major`, when data of that version exists), `.lamp/bin`, else unpacked.
 */
export async function postgres(major?: string): Promise<(program: string) => Binary> {
  const named = process.env.LAMP_POSTGRES_BIN;
  if (named !== undefined) return inDir(checked(named, 'postgres', 'LAMP_POSTGRES_BIN'), {});
  const onPath = pathDirs().find((dir) => isExecutable(join(dir, 'postgres')));
  const system = debianBin('/usr/lib/postgresql', major) ?? onPath;
  if (system !== undefined) return inDir(system, {});
  const tree = await installTree('postgresql' satisfies Package);
  const unpacked = debianBin(join(tree.root, 'usr/lib/postgresql'), major);
  if (unpacked !== undefined) return inDir(unpacked, tree.env);
  throw new LampError(
    `No PostgreSQL ${major ?? ''} found for the data that exists.`,
    'Install that major version, or start afresh with another --dir.',
  );
}

async function find(
  name: Package,
  variable: string,
  folder: string,
  accept: (path: string) => boolean,
): Promise<Binary> {
  const named = process.env[variable];
  if (named !== undefined) return { path: join(checked(dirname(named), name, variable), name), env: {} };
  const places = [...pathDirs(), '/usr/sbin', binariesDir];
  for (const path of places.map((dir) => join(dir, name))) {
    if (isExecutable(path) && accept(path)) return { path, env: {} };
  }
  const tree = await installTree(name);
  const path = [folder, 'usr/bin', 'usr/sbin'].map((dir) => join(tree.root, dir, name)).find(isExecutable);
  if (path !== undefined) return { path, env: tree.env };
  throw new LampError(`The package ${name} holds no ${name}.`, `Install it yourself and set ${variable}.`);
}

/** True for 2.14 and later, as `nats-server --version` prints it (`nats-server: v2.15.1`). */
export function isNatsVersionNewEnough(printed: string): boolean {
  const match = /v(\d+)\.(\d+)/.exec(printed);
  if (match === null) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > oldestNats[0] || (major === oldestNats[0] && minor >= oldestNats[1]);
}

function isNewEnoughNats(path: string): boolean {
  return isNatsVersionNewEnough(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? '');
}

function inDir(dir: string, env: Binary['env']): (program: string) => Binary {
  return (program) => ({ path: join(dir, program), env });
}

function checked(dir: string, name: string, variable: string): string {
  if (isExecutable(join(dir, name))) return dir;
  throw new LampError(`${variable} names ${dir}, but there is no ${name} to run.`, `Correct or unset ${variable}.`);
}

function debianBin(root: string, major: string | undefined): string | undefined {
  if (!existsSync(root)) return undefined;
  const versions = readdirSync(root).filter((version) => isExecutable(join(root, version, 'bin', 'postgres')));
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  const version = major === undefined ? newest : versions.find((candidate) => candidate === major);
  return version === undefined ? undefined : join(root, version, 'bin');
}

function pathDirs(): string[] {
  return (process.env.PATH ?? '').split(delimiter).filter((dir) => dir !== '' && !dir.includes('node_modules'));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
