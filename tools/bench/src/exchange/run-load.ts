import { fork } from 'node:child_process';
import { join } from 'node:path';

import { LampError } from '../../../lamp/src/errors.ts';
import { cpuBetween, type CpuSeconds } from '../processes.ts';
import type { LoadNews, LoadOrder, LoadResult } from './load-protocol.ts';

export interface MeasuredLoad extends LoadResult {
  /** What `cpu` counted while it was measured. */
  readonly cpu: CpuSeconds;
}

/** Runs the load generator. Throws where a device got something else than its session promises. */
export async function runLoad(order: LoadOrder, cpu: () => CpuSeconds, signal: AbortSignal): Promise<MeasuredLoad> {
  const child = fork(join(import.meta.dirname, 'load.ts'), [], { stdio: ['ignore', 2, 2, 'ipc'], signal });
  try {
    return await new Promise<MeasuredLoad>((resolve, reject) => {
      let before: CpuSeconds = {};
      child.on('message', (news: LoadNews) => {
        if (news.kind === 'measuring') before = cpu();
        if (news.kind === 'done') resolve({ ...news.result, cpu: cpuBetween(before, cpu()) });
        if (news.kind === 'failed') reject(new LampError(`The load came to nothing: ${news.reason}.`));
      });
      child.on('error', reject);
      child.on('exit', (code) => reject(new LampError(`The load generator ended by itself (exit code ${code}).`)));
      child.send(order);
    });
  } finally {
    child.kill();
  }
}
