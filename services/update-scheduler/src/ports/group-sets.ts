import type { GroupSpec } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';

/** A set of declarations that all members of a group are to have, or that was taken back from them. */
export interface GroupSet {
  tenant: string;
  group: string;
  set: string;
  /** Under which members have it. */
  cause: string;
  isGiven: boolean;
  changedAt: Date;
}

/** Who has a group's set and should not, or the other way round. */
export interface Difference {
  deviceId: string;
  isMember: boolean;
}

export abstract class GroupSetStore {
  abstract all(): Promise<GroupSet[]>;
  /** Devices after the cursor, by device id, whose membership is another than what they have. Without a spec nobody is a member. */
  abstract differences(
    tx: Tx,
    of: GroupSet,
    spec: GroupSpec | undefined,
    page: { now: Date; after: string; limit: number },
  ): Promise<Difference[]>;
  /** Messages about declarations that nobody has worked on yet. */
  abstract waiting(): Promise<number>;
}
