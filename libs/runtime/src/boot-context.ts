import type { Logger } from 'pino';
import type { BaseConfig } from './config.ts';

export interface BootContext {
  service: string;
  config: BaseConfig;
  log: Logger;
}

let current: BootContext | undefined;

/** Holds while `create` builds a service's modules. Several services may be built in one process, one after another. */
export async function withBoot<T>(context: BootContext, create: () => Promise<T>): Promise<T> {
  const outer = current;
  current = context;
  try {
    return await create();
  } finally {
    current = outer;
  }
}

/** Throws outside of `withBoot`. */
export function currentBoot(): BootContext {
  if (!current) throw new Error('RuntimeModule is built by boot() or createService() only');
  return current;
}
