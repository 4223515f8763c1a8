import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { LampError } from '../../../lamp/src/errors.ts';
import type { Bed } from '../bed.ts';
import type { BenchOptions } from '../options.ts';
import { cpuBetween, type CpuSeconds } from '../processes.ts';
import type { BenchIdentity } from './device-certificate.ts';
import type { LoadNews, LoadOrder, LoadResult, SessionKind } from './load-protocol.ts';

export interface MeasuredLoad extends LoadResult {
  /** What `cpu` counted while it was measured. */
  readonly cpu: CpuSeconds;
}

interface Devices {
  readonly identity: BenchIdentity;
  readonly connections: number;
  /** How many are staged. */
  readonly devices: number;
  /** Default: exchange. */
  readonly session?: SessionKind;
  /** The bed's gateway where absent. */
  readonly server?: { readonly port: number; readonly pid: number } | undefined;
}

/** Sessions of staged devices for as long as the options say. */
export function loadDevices(
  bed: Bed,
  options: BenchOptions,
  { identity, connections, devices, session = 'exchange', server }: Devices,
): Promise<MeasuredLoad> {
  const { pki, urls } = bed.product;
  const measureMs = options.seconds * 1000;
  return runLoad(
    {
      session,
      port: server?.port ?? Number(new URL(urls.gateway).port),
      ca: readFileSync(pki.gatewayCa, 'utf8'),
      certificate: identity.certificate,
      key: identity.key,
      connections,
      warmUpMs: Math.min(1_500, measureMs / 4),
      measureMs,
      devices,
    },
    () => bed.cpu(server && { baseline: server.pid }),
    options.signal,
  );
}

/** Runs the load generator. Throws where a device got something else than its session promises. */
async function runLoad(order: LoadOrder, cpu: () => CpuSeconds, signal: AbortSignal): Promise<MeasuredLoad> {
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
