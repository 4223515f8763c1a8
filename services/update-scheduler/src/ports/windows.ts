import type { PolicySpec } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import type { NewRing } from '../domain/rings.ts';
import type { KeyedWindow, Occurrence } from '../domain/window.ts';

export interface ActivePolicy {
  tenant: string;
  policyId: string;
  version: number;
  /** Named windows are written out. */
  spec: PolicySpec;
  /** Those of the spec, with what tells them apart. */
  windows: readonly KeyedWindow[];
  /** An operator let the rollout of this version go at once. */
  emergency: boolean;
}

export interface OpenedOccurrence extends Occurrence {
  tenant: string;
  occurrenceId: string;
  rolloutId: string;
  policyId: string;
  policyVersion: number;
  /** What its rollout runs with, where this is its first occurrence. */
  spec: PolicySpec;
  /** The key of its window. */
  window: string;
  /** IANA zone, or `*` for a window in a fixed zone. */
  zone: string;
  /** Of devices whose zone is not known. */
  defaultZone: string;
  /** Where the policy's deadline is a day. */
  deadlineAt: Date | null;
  /** Of its rollout, where this is its first occurrence. */
  rings: readonly NewRing[];
  openedAt: Date;
  traceparent: string;
}

/** Which windows are open. */
export abstract class WindowStore {
  /** Policies that are neither paused nor archived, of tenants that are not paused, whose rollout, where there is one, is not aborted. */
  abstract activePolicies(): Promise<ActivePolicy[]>;
  /** The time zones that enrolled devices of each tenant have reported. Reads the fleet: not for every tick. */
  abstract zones(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Adds those that are not there yet, with their rollouts; returns the new ones. Any number of schedulers may try. */
  abstract open(tx: Tx, occurrences: readonly OpenedOccurrence[]): Promise<OpenedOccurrence[]>;
  /** Occurrences past their close that are not closed, the earliest hundred of each tenant; empty when there are none. */
  abstract closable(now: Date): Promise<ClosableOccurrence[]>;
  /** Closes it and counts the devices whose update was not commanded, by reason; undefined when it was closed before. */
  abstract close(tx: Tx, tenant: string, occurrenceId: string): Promise<Readonly<Record<string, number>> | undefined>;
}

export interface ClosableOccurrence {
  tenant: string;
  occurrenceId: string;
  rolloutId: string;
  /** Its rollout, policy or tenant is. */
  isPaused: boolean;
  haltedRings: readonly number[];
}
