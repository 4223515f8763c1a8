import type { Command } from 'commander';

import { showCatalog } from '../api/catalog-calls.ts';
import { connect, shownDir } from '../api/connect.ts';
import { countDeadLetters } from '../api/dead-letter-calls.ts';
import { exitCode, LampError } from '../errors.ts';
import { print } from '../output.ts';
import { isAlive } from '../processes/identity.ts';
import { isReady } from '../product/services.ts';
import { type ProcessState, requireRunning } from '../product/state.ts';
import { table } from '../table.ts';
import { count } from '../words.ts';
import { documented, withDir } from './common.ts';

export interface PartStatus {
  readonly name: string;
  readonly kind: 'service' | 'server';
  readonly pid: number | null;
  readonly port: number | null;
  readonly restarts: number;
  /** A service: asked just now. A server: its process is there. */
  readonly ready: boolean;
  readonly external: boolean;
}

export function registerStatus(program: Command): void {
  const command = program
    .command('status')
    .summary('show every service and server')
    .description(
      'Shows process, port, restarts and readiness (asked just now) of every part. Exit code 1 when one is not ready.',
    )
    .option(
      '--json',
      'one JSON object: phase, startedAt, lampPid, urls {gateway, admin}, deadLetters, failingFeeds, parts[]',
    )
    .action(status);
  documented(withDir(command), ['lamp status', 'lamp status --json']);
}

async function status(options: { dir?: string; json?: boolean }): Promise<void> {
  const state = requireRunning(shownDir(options.dir));
  const parts = await Promise.all(state.processes.map(partStatus));
  const { gateway, admin } = state.urls;
  const deadLetters = await told(() => countDeadLetters(connect(options)));
  const failingFeeds = await told(() => failingFeedsOf(options));
  if (state.phase !== 'ready' || parts.some(({ ready }) => !ready)) process.exitCode = exitCode.failed;
  if (options.json === true) {
    const { phase, startedAt, lamp } = state;
    const said = { phase, startedAt, lampPid: lamp.pid, urls: { gateway, admin }, deadLetters, failingFeeds, parts };
    return print(JSON.stringify(said));
  }
  print(
    `${state.phase}, since ${state.startedAt} (process ${state.lamp.pid}); devices ${gateway}/mdm, admin API ${admin}`,
  );
  const rows = parts.map((part) => [
    part.ready ? '✓' : '✗',
    part.name,
    part.external ? 'external' : part.kind,
    String(part.pid ?? '-'),
    String(part.port ?? '-'),
    String(part.restarts),
  ]);
  print(table(['', 'name', 'kind', 'pid', 'port', 'restarts'], rows));
  if (deadLetters !== null && deadLetters > 0)
    print(
      `${count(deadLetters, 'dead letter')}: messages that no service could handle; lamp dead-letters list says why`,
    );
  if (failingFeeds !== null && failingFeeds.length > 0)
    print(`Release feeds fail: ${failingFeeds.join(', ')}; lamp catalog show says why.`);
}

/** Null where the API cannot say. */
async function told<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof LampError) return null;
    throw error;
  }
}

async function failingFeedsOf(options: { dir?: string }): Promise<string[]> {
  const { sources } = await showCatalog(connect(options));
  return sources.filter(({ failure }) => failure !== null).map(({ source }) => source);
}

async function partStatus({ name, kind, identity, port, restarts, isExternal }: ProcessState): Promise<PartStatus> {
  const runs = identity !== undefined && isAlive(identity);
  const ready = kind === 'service' ? runs && (await isReady(port ?? 0)) : isExternal || runs;
  return { name, kind, pid: runs ? identity.pid : null, port: port ?? null, restarts, ready, external: isExternal };
}
