import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { LampError } from '../errors.ts';
import { tailOf } from '../processes/log-file.ts';
import { type ProductState, runningState } from '../product/state.ts';

/** Runs this same command without `--detach` in the background, logging to `logs/lamp.log`; resolves when it is ready. */
export async function startDetached(dir: string): Promise<ProductState> {
  mkdirSync(join(dir, 'logs'), { recursive: true });
  const path = join(dir, 'logs', 'lamp.log');
  rmSync(path, { force: true });
  const log = openSync(path, 'a', 0o600);
  const args = process.argv.slice(1).filter((arg) => arg !== '--detach' && arg !== '-d');
  const child = spawn(process.execPath, args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, LAMP_DIR: dir },
  });
  closeSync(log);
  const exited = new Promise<true>((resolve) => child.once('exit', () => resolve(true)));
  for (;;) {
    const state = runningState(dir);
    if (state?.lamp.pid === child.pid && state?.phase === 'ready') {
      child.unref();
      return state;
    }
    if (await Promise.race([exited, sleep(100, false)])) {
      throw new LampError(
        `It did not start:\n${tailOf(path, 20)
          .map((line) => `    ${line}`)
          .join('\n')}`,
        `Read ${path}.`,
      );
    }
  }
}
