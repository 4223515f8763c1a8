import type { Tx } from '@lamplighter/runtime';

/** Whose declarations change: all of a tenant's take turns. */
export abstract class Turns {
  /** Waits for whoever else changes what devices of these tenants have; until the transaction ends. Syncs never wait. */
  abstract take(tx: Tx, tenants: readonly string[]): Promise<void>;
}
