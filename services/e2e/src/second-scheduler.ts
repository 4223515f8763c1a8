import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { waitFor } from '@lamplighter/testing';
import { isReady } from '../../../tools/lamp/src/product/services.ts';
import { freePort } from '../../../tools/lamp/src/servers/ports.ts';
import type { World } from './world.ts';

export interface SecondScheduler {
  /** As a machine that goes away does: nothing is drained. */
  kill(): Promise<void>;
}

/** Another update-scheduler beside the world's own: the same program with the same settings, as Linux tells them. */
export async function secondScheduler(world: World): Promise<SecondScheduler> {
  const pid = world.product.processes.get('update-scheduler')!.identity!.pid;
  const partsOf = (file: string): string[] => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0').filter(Boolean);
  const [program, ...args] = partsOf('cmdline');
  const env = Object.fromEntries(
    partsOf('environ').map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
  const port = await freePort();
  const child = spawn(program!, args, {
    cwd: readlinkSync(`/proc/${pid}/cwd`),
    env: { ...env, LAMP_HTTP_PORT: String(port) },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await waitFor('the second scheduler to be ready', () => isReady(port), 60_000);
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
