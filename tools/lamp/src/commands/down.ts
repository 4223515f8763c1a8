import type { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';

import { LampError } from '../errors.ts';
import { print, say } from '../output.ts';
import { stateDir } from '../paths.ts';
import { isAlive } from '../processes/identity.ts';
import { endOrphans, readState, requireRunning, runningState, signal, writeState } from '../product/state.ts';
import { documented, withDir } from './common.ts';

/** Longer than the services' drain and the servers' stop together. */
const patienceMs = 75_000;

export function registerDown(program: Command): void {
  const command = program
    .command('down')
    .summary('stop what "lamp up" started')
    .description('Lets the services finish their work in hand, then stops the servers. The data stays.')
    .action(down);
  documented(withDir(command), ['lamp down', 'lamp down --dir /srv/lamplighter']);
}

async function down(options: { dir?: string }): Promise<void> {
  const dir = stateDir(options.dir);
  const former = readState(dir);
  if (former !== undefined && runningState(dir) === undefined) {
    const ended = await endOrphans(former);
    if (ended.length > 0) {
      writeState(dir, { ...former, phase: 'stopped' });
      return print(`Stopped what a lamp process that died had left running: ${ended.join(', ')}.`);
    }
  }
  const { lamp, processes } = requireRunning(dir);
  say('Stopping …');
  signal(lamp.pid, 'SIGTERM');
  for (const deadline = Date.now() + patienceMs; isAlive(lamp) && Date.now() < deadline;) await sleep(50);
  if (!isAlive(lamp)) return print('Stopped.');
  signal(lamp.pid, 'SIGKILL');
  const state = readState(dir);
  if (state !== undefined) await endOrphans(state);
  throw new LampError(
    `It did not stop within ${patienceMs / 1000} s and was killed (${processes.length} parts).`,
    'lamp logs tells what held it up.',
  );
}
