import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { say } from '../output.ts';
import { repositoryRoot } from '../paths.ts';
import { readJson } from '../private-file.ts';
import { type Counts, countResults } from './counts.ts';

/** Jest ends by itself this soon after its results unless a test left something open. */
const lingerMs = 60_000;

export interface JestRun {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly resultsFile: string;
  readonly signal: AbortSignal;
}

/** Runs Jest from the root with its output as it comes, and counts its results. */
export async function runJest({ args, env, resultsFile, signal }: JestRun): Promise<Counts> {
  const bin = join(repositoryRoot, 'node_modules');
  const fixed = ['--maxWorkers=2', '--json', `--outputFile=${resultsFile}`];
  const child = spawn(process.execPath, [join(bin, 'jest/bin/jest.js'), ...fixed, ...args], {
    cwd: repositoryRoot,
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
      PATH: `${join(bin, '.bin')}${delimiter}${process.env.PATH ?? ''}`,
      ...env,
    },
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  signal.addEventListener('abort', () => child.kill('SIGTERM'));
  const hung = await endedLate(exited, resultsFile);
  if (hung) child.kill('SIGKILL');
  const code = await exited;
  const counts = countResults(readJson(resultsFile));
  if (hung) say('Jest did not end: a test left a timer, a socket or a process open.');
  const mute = code !== 0 && counts.failed === 0 && counts.passed > 0;
  return hung || mute ? { ...counts, failed: counts.failed + 1 } : counts;
}

/** True when the results are there but Jest is still running some time later. */
async function endedLate(exited: Promise<unknown>, resultsFile: string): Promise<boolean> {
  let done = false;
  void exited.then(() => (done = true));
  for (let since = 0; !done;) {
    await Promise.race([sleep(500), exited]);
    if (since === 0 && existsSync(resultsFile)) since = Date.now();
    if (since !== 0 && !done && Date.now() - since > lingerMs) return true;
  }
  return false;
}
