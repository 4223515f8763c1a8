import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

import { LampError } from '../../../lamp/src/errors.ts';
import type { ApnsOrder } from './apns-process.ts';

/** A process of the benchmark's own that answers one message at a time. */
export class Helper {
  private readonly child: ChildProcess;

  constructor(file: string) {
    this.child = fork(join(import.meta.dirname, file), [], { stdio: ['ignore', 2, 2, 'ipc'] });
  }

  get pid(): number {
    return this.child.pid!;
  }

  ask<T>(order: object): Promise<T> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void =>
        reject(new LampError(`A helper of the benchmark ended by itself (exit code ${code}).`));
      this.child.once('exit', onExit);
      this.child.once('message', (answer) => {
        this.child.off('exit', onExit);
        resolve(answer as T);
      });
      this.child.send(order);
    });
  }

  stop(): void {
    this.child.kill();
  }
}

/** A simulated push service. */
export interface PushService {
  readonly port: number;
  /** Pushes that it has taken so far. */
  accepted(): Promise<number>;
  stop(): void;
}

export async function startApns(order: ApnsOrder): Promise<PushService> {
  const helper = new Helper('apns-process.ts');
  const { port } = await helper.ask<{ port: number }>(order);
  const accepted = async (): Promise<number> => (await helper.ask<{ accepted: number }>({})).accepted;
  return { port, accepted, stop: () => helper.stop() };
}
