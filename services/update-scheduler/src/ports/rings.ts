import type { PolicySpec } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import type { Health } from '../domain/health-gate.ts';
import type { Ring } from '../domain/rings.ts';

export interface StoredRing extends Ring {
  name: string;
  since: Date;
  /** Why it is halted; null where it is not. */
  reason: string | null;
  detail: string | null;
  /** Since when the gate does not hold it back any more. */
  overriddenAt: Date | null;
}

export interface RingsOfRollout {
  policyId: string;
  spec: PolicySpec;
  /** Rings are passed over. */
  isEmergency: boolean;
  /** The newest local date of its open windows; null where none is open. */
  localDate: string | null;
  /** In order; empty where the rollout has none. */
  rings: StoredRing[];
}

/** The rings of rollouts, and how their devices fare. */
export abstract class RingStore {
  /** Whether all rings of the rollout were judged after `since`. Waits for nobody. */
  abstract isJudged(tx: Tx, tenant: string, rolloutId: string, since: Date): Promise<boolean>;
  /** Running rollouts with rings of which a window is sending. */
  abstract judgeable(now: Date): Promise<{ tenant: string; rolloutId: string }[]>;
  /** Locks the rings until the end of the transaction; undefined when there is no such rollout. */
  abstract lock(tx: Tx, tenant: string, rolloutId: string): Promise<RingsOfRollout | undefined>;
  /** By ring; without those that have no device. Reads the rollout's devices. */
  abstract health(tx: Tx, tenant: string, rolloutId: string): Promise<ReadonlyMap<number, Health>>;
  abstract save(
    tx: Tx,
    of: { tenant: string; rolloutId: string; now: Date },
    rings: readonly (StoredRing & { health: Health })[],
  ): Promise<void>;
  /** Halted rings go on, whatever the gate says from now on; returns how many there were. */
  abstract override(tx: Tx, tenant: string, rolloutId: string, now: Date): Promise<number>;
  /** Windows of the rollout that are planned and still sending are planned once more, with rings as they are now. */
  abstract replan(tx: Tx, tenant: string, rolloutId: string, now: Date): Promise<void>;
}
