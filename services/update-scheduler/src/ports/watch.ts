import type { FindingEvidence, FindingKind, WatchStep } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import type { Watched } from '../domain/watchdog.ts';

/** From when on something counts. */
export interface WatchTerms {
  now: Date;
  /** Woken before this and not come since: silent. */
  silentBefore: Date;
  /** The same, with no contact since then while others came: stuck. */
  stuckBefore: Date;
  /** Updates without progress since then. */
  updateBefore: Date;
  /** The world's time, whatever clock this installation runs on: certificates end by it. */
  worldNow: Date;
  /** Certificates that end before this. */
  certificateBefore: Date;
  /** When the next look at the fleet begins. */
  nextAt: Date;
}

/** A device whose next step is due, with what is open about it. */
export interface DueDevice extends Watched {
  tenant: string;
  deviceId: string;
  findings: { kind: FindingKind; since: Date; evidence: FindingEvidence }[];
}

/** What is found out about devices, and what was done about it. */
export abstract class WatchStore {
  /**
   * Looks at the next devices of a sweep, or begins one where it is time: writes what is found, clears what is no longer so. False
   * when there is nothing to look at now, or another one is at it.
   */
  abstract sweep(terms: WatchTerms, limit: number): Promise<boolean>;
  /** Devices whose next step is due, of no tenant of `without`; locked until the end of the transaction, others skip them. */
  abstract due(tx: Tx, now: Date, limit: number, without: readonly string[]): Promise<DueDevice[]>;
  /** Notes the steps that were taken, and when to look again. */
  abstract note(
    tx: Tx,
    taken: readonly { tenant: string; deviceId: string; step: WatchStep | undefined; dueAt: Date | undefined }[],
    now: Date,
  ): Promise<void>;
}
