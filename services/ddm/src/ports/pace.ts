import type { Tx } from '@lamplighter/runtime';

export abstract class Pace {
  /** Books room for this many devices. Returns from when on they may be told. */
  abstract book(tx: Tx, tenant: string, devices: number, now: Date): Promise<Date>;
}
