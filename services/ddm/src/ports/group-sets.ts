import type { Tx } from '@lamplighter/runtime';

export interface GroupSet {
  group: string;
  set: string;
}

/** Which groups have which sets. All methods need the tenant's turn. */
export abstract class GroupSetStore {
  /** Gives a group a set, or takes it back. False where that changed nothing. */
  abstract change(
    tx: Tx,
    tenant: string,
    of: GroupSet & { cause: string; isGiven: boolean },
    now: Date,
  ): Promise<boolean>;

  abstract isGiven(tx: Tx, tenant: string, of: GroupSet): Promise<boolean>;

  /** Forgets what was taken back before. */
  abstract clear(tx: Tx, tenant: string, before: Date): Promise<void>;
}
