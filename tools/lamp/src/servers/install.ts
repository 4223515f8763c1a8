import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { LampError } from '../errors.ts';
import { say } from '../output.ts';
import { binariesDir } from '../paths.ts';
import { dirForUser, postgresUser } from './server-user.ts';

export type Package = 'nats-server' | 'redis-server' | 'postgresql';

/** A package unpacked in a private directory. */
export interface Tree {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
}

const brewNames: Record<Package, string> = {
  'nats-server': 'nats-server',
  'redis-server': 'redis',
  postgresql: 'postgresql@17',
};

/**
 * The package, downloaded by apt (which checks its signature) and unpacked under `.lamp/bin/<package>`, once. Nothing
 * is installed on the system and no service of it is started, so this needs no root.
 */
export async function installTree(name: Package): Promise<Tree> {
  const root = join(home(name), 'root');
  if (!existsSync(root)) unpack(name, root);
  const libraries = libraryDirs(root).join(':');
  return { root, env: libraries === '' ? {} : { LD_LIBRARY_PATH: libraries } };
}

/** Only PostgreSQL runs as someone else, who must be able to reach it. */
function home(name: Package): string {
  mkdirSync(binariesDir, { recursive: true });
  return name === 'postgresql' ? dirForUser(binariesDir, name, postgresUser()) : join(binariesDir, name);
}

function unpack(name: Package, root: string): void {
  if (spawnSync('apt-get', ['--version']).status !== 0) throw missing(name);
  say(`Fetching ${name} (apt, unpacked under ${dirname(root)}; the system stays as it is) …`);
  mkdirSync(dirname(root), { recursive: true });
  const work = mkdtempSync(`${root}.`);
  try {
    for (const folder of ['lists/partial', 'cache/archives/partial', 'root'])
      mkdirSync(join(work, folder), { recursive: true });
    const options = name === 'nats-server' ? testingSuite(work) : [];
    const apt = (...args: string[]) => must(name, 'apt-get', [...isolation(work), ...options, ...args], work);
    apt('update');
    if (name === 'nats-server') apt('download', name);
    else apt('--yes', '--no-install-recommends', '--download-only', 'install', name);
    for (const folder of [work, join(work, 'cache/archives')])
      for (const file of readdirSync(folder).filter((entry) => entry.endsWith('.deb')))
        must(name, 'dpkg-deb', ['-x', join(folder, file), join(work, 'root')], work);
    if (!existsSync(root)) renameSync(join(work, 'root'), root);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** apt with lists and archives of its own, so that it neither needs root nor changes the system's. */
function isolation(work: string): string[] {
  const settings = [
    'Debug::NoLocking=1',
    'APT::Sandbox::User=',
    `Dir::State::Lists=${work}/lists`,
    `Dir::Cache=${work}/cache`,
    'Acquire::Languages=none',
    'Dpkg::Use-Pty=0',
  ];
  return ['-qq', ...settings.map((setting) => `-o${setting}`)];
}

/** The suite with a NATS server that is new enough, from the mirror that this machine already uses. */
function testingSuite(work: string): string[] {
  const format = ['--format', '$(REPO_URI) $(COMPONENT)', 'Created-By: Packages'];
  const targets = spawnSync('apt-get', ['indextargets', ...format], { encoding: 'utf8' }).stdout ?? '';
  const uris = targets.split('\n').flatMap((line) => (line.endsWith(' main') ? [line.slice(0, -5)] : []));
  const mirror = uris.find((uri) => !uri.includes('security')) ?? uris[0];
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  if (mirror === undefined || !existsSync(keyring)) throw missing('nats-server');
  const list = join(work, 'testing.list');
  writeFileSync(list, `deb [signed-by=${keyring}] ${mirror} testing main\n`);
  return [`-oDir::Etc::sourcelist=${list}`, '-oDir::Etc::sourceparts=/dev/null'];
}

function must(name: Package, command: string, args: string[], cwd: string): void {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  if (done.status === 0) return;
  const said = `${done.error?.message ?? ''}${done.stdout}${done.stderr}`.trim();
  throw missing(name, `\n${command} said: ${said.split('\n').slice(-6).join('\n  ')}`);
}

function missing(name: Package, detail = ''): LampError {
  const wanted = name === 'nats-server' ? 'nats-server 2.14 or newer' : name;
  const url = { 'nats-server': 'LAMP_NATS_URL', 'redis-server': 'LAMP_REDIS_URL', postgresql: 'LAMP_DATABASE_URL' }[
    name
  ];
  const how =
    process.platform === 'darwin'
      ? `brew install ${brewNames[name]}`
      : `Install ${wanted} with the system's package manager so that it is on PATH`;
  return new LampError(
    `There is no ${wanted} on this machine, and it could not be fetched.${detail}`,
    `${how}; or name a server in ${url}.`,
  );
}

function libraryDirs(root: string): string[] {
  const dirs = new Set<string>();
  for (const top of ['lib', 'usr/lib'].map((folder) => join(root, folder)).filter((folder) => existsSync(folder)))
    for (const entry of readdirSync(top, { withFileTypes: true }))
      if (entry.isDirectory() && entry.name.includes('-linux-')) dirs.add(join(top, entry.name));
  return [...dirs];
}
