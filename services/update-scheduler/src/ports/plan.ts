import type { PolicySpec } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';

export interface PlanTerms {
  tenant: string;
  occurrenceId: string;
  rolloutId: string;
  policyId: string;
  zone: string;
  defaultZone: string;
  /** Of its start, in the window's zone. */
  localDate: string;
  /** Where the policy's deadline is a day. */
  deadlineAt: Date | null;
  /** An operator let the rollout go at once. */
  emergency: boolean;
  /** An aborted rollout is planned no further. */
  rolloutState: string;
  opensAt: Date;
  openedAt: Date;
  stopsAt: Date;
  state: 'opened' | 'planning' | 'planned' | 'closed';
  cursor: string;
  planned: number;
  notEligible: number;
  alreadyInstalled: number;
  waves: number;
  traceparent: string | null;
  spec: PolicySpec;
}

export interface Pace {
  waveSize: number;
  waveEveryMs: number;
}

export interface PlanChunk {
  now: Date;
  /** The most devices that are looked at. */
  limit: number;
  pace: Pace;
  /** When the chunk's first wave may go. */
  releaseAt: Date;
  /** Only devices whose facts changed since: those that join an occurrence that is planned already. */
  changedSince?: Date;
}

export interface PlannedChunk {
  scanned: number;
  /** The last device looked at; empty when there was none. */
  cursor: string;
  planned: number;
  notEligible: number;
  alreadyInstalled: number;
  waves: number;
}

/** Which devices take part, and in which wave. */
export abstract class PlanStore {
  /** Locks the occurrence until the end of the transaction; undefined when there is no such one. */
  abstract lock(tx: Tx, tenant: string, occurrenceId: string): Promise<PlanTerms | undefined>;
  /** How many devices the occurrence may concern: for pacing. */
  abstract count(tx: Tx, terms: PlanTerms): Promise<number>;
  /** Plans the devices after the cursor. A device that was planned in this occurrence is left alone. */
  abstract planChunk(tx: Tx, terms: PlanTerms, chunk: PlanChunk): Promise<PlannedChunk>;
  abstract save(tx: Tx, terms: PlanTerms): Promise<void>;
  /** Occurrences that are still sending and not planned to the end: new ones, those that are planned once more, and what a crash left. */
  abstract unplanned(now: Date): Promise<{ tenant: string; occurrenceId: string }[]>;
  /** Occurrences that are planned and still sending. */
  abstract joinable(now: Date): Promise<{ tenant: string; occurrenceId: string; openedAt: Date }[]>;
}
