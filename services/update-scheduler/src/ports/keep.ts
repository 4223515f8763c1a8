import type { Tx } from '@lamplighter/runtime';

export interface OverRollout {
  tenant: string;
  rolloutId: string;
  /** Its last window closed, or it was made, before the day from which on updates are kept. */
  isOld: boolean;
  /** Its rows up to this device were gone through; null: none yet. */
  cursor: string | null;
  /** Device rows that went before. */
  removed: number;
}

export interface KeepTerms {
  now: Date;
  /** What closed before is at rest. */
  quietBefore: Date;
  /** What was over before need not be kept. */
  endedBefore: Date;
  /** What was gone through since is left alone. */
  sweptBefore: Date;
}

/** What is removed of finished work, and what stays. Any number of schedulers may work on it at once. */
export abstract class KeepStore {
  /**
   * A rollout that is over and was not gone through lately: its policy has a newer version or is gone, its windows are closed, and an
   * aborted one is ended. None of `without`. Locked until the transaction ends; others skip it. Undefined when there is none.
   */
  abstract claim(tx: Tx, terms: KeepTerms, without: readonly string[]): Promise<OverRollout | undefined>;
  /** Counts its devices by state, reason and platform, and keeps the counts with it. */
  abstract count(tx: Tx, of: OverRollout, now: Date): Promise<void>;
  /**
   * Looks at the next device rows after its cursor, and removes those that did not move since `endedBefore`, wait for no time that the
   * device was told, and are not the newest update of their device. Keeps the cursor, null after the last row.
   */
  abstract removeUpdates(
    tx: Tx,
    of: OverRollout,
    terms: KeepTerms,
    limit: number,
  ): Promise<{ removed: number; isThrough: boolean }>;
  /** Removes windows, with their waves, that closed before and that no device row names: of the next page after `after`. */
  abstract removeOccurrences(tx: Tx, of: OccurrencePage): Promise<{ removed: number; next: OccurrenceKey | undefined }>;
  /** Removes it with its rings, where no device row and no window of it is left; else false. */
  abstract removeRollout(tx: Tx, of: OverRollout): Promise<boolean>;
  /** It was gone through. */
  abstract swept(tx: Tx, of: OverRollout, now: Date): Promise<void>;
  /** Removes versions of policies, groups and windows that were made before: not the one that counts, and none of which there is a rollout. */
  abstract removeVersions(tx: Tx, before: Date, limit: number): Promise<number>;
  /** Removes policies that were archived before and have no rollout. */
  abstract removePolicies(tx: Tx, before: Date): Promise<number>;
}

export interface OccurrenceKey {
  tenant: string;
  occurrenceId: string;
}
export interface OccurrencePage {
  closedBefore: Date;
  limit: number;
  after?: OccurrenceKey;
}
