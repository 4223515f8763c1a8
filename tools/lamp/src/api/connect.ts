import type { Command } from 'commander';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { exitCode, LampError } from '../errors.ts';
import { stateDir } from '../paths.ts';
import { runningState } from '../product/state.ts';
import { ApiClient, type Connection } from './client.ts';

export interface ConnectOptions {
  readonly url?: string;
  readonly token?: string;
  readonly dir?: string;
}

/** `--url`, `--token`, `--dir`: which installation a command speaks to. */
export function withConnection(command: Command): Command {
  return command
    .option('--url <url>', 'admin API (default: LAMP_API_URL, else what runs here: lamp up, else lamp demo --keep)')
    .option('--token <token>', 'bearer token (default: LAMP_TOKEN, else the one kept with what runs here)')
    .option('--dir <path>', 'state directory of what runs here (default: LAMP_DIR, else .lamp in the checkout)');
}

export function connect(options: ConnectOptions): ApiClient {
  return new ApiClient(connectionOf(options, process.env));
}

/** Throws LampError: exit code 3 where nothing runs and nothing was named. */
export function connectionOf(options: ConnectOptions, env: NodeJS.ProcessEnv): Connection {
  const url = options.url ?? nonEmpty(env.LAMP_API_URL);
  const token = options.token ?? nonEmpty(env.LAMP_TOKEN);
  if (url !== undefined && token !== undefined) return { url: checked(url), token };
  if (url !== undefined && options.dir === undefined)
    throw new LampError(`There is no token for ${url}.`, 'Give it with --token or LAMP_TOKEN.', exitCode.usage);
  const dir = runningDir(options.dir);
  const own = { url: runningState(dir)?.urls.admin ?? '', token: tokenIn(dir) };
  return { url: url === undefined ? own.url : checked(url), token: token ?? own.token };
}

/** The directory of the installation that runs: the one that is named, else `.lamp`, else the demo's. */
export function runningDir(option: string | undefined): string {
  const dir = stateDir(option);
  const dirs = option === undefined && process.env.LAMP_DIR === undefined ? [dir, demoDir(dir)] : [dir];
  const running = dirs.find((one) => runningState(one)?.phase === 'ready');
  if (running !== undefined) return running;
  throw new LampError(
    `Lamplighter does not run in ${dir}.`,
    'Start it with lamp up or lamp demo --keep; or name an admin API with --url and --token.',
    exitCode.notRunning,
  );
}

/** The directory to tell of: the one that is named; else `.lamp`, or the demo's where that alone runs. */
export function shownDir(option: string | undefined): string {
  const dir = stateDir(option);
  const isNamed = option !== undefined || process.env.LAMP_DIR !== undefined;
  return !isNamed && !runningState(dir) && runningState(demoDir(dir)) ? demoDir(dir) : dir;
}

/** Where the demo of a state directory keeps everything of its own. */
export function demoDir(dir: string): string {
  return join(dir, 'demo');
}

function tokenIn(dir: string): string {
  const path = join(dir, 'token');
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
}

function checked(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new LampError(
    `${url} is not the URL of an admin API.`,
    'Give one such as http://127.0.0.1:8080.',
    exitCode.usage,
  );
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
