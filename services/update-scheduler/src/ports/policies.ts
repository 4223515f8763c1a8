import type { Policy } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import type { Inventory, SpecChange } from '../domain/policy/plan-changes.ts';

/** Who changed a spec, and when. */
export interface SpecAuthor {
  at: Date;
  by: string | undefined;
}

/** Groups, windows and policies as administrators wrote them, with all their versions. */
export abstract class SpecStore {
  /** All that the tenant has. Nobody else changes any of it until the end of the transaction. */
  abstract lock(tx: Tx, tenant: string): Promise<Inventory>;
  /** Stores a change and the version that it makes. A removed policy is archived: its rollouts go on knowing it. */
  abstract write(tx: Tx, tenant: string, change: SpecChange, author: SpecAuthor): Promise<void>;
  /** Undefined when there is none of that id. Locks it. */
  abstract policy(tx: Tx, tenant: string, policyId: string): Promise<Policy | undefined>;
  abstract setPaused(tx: Tx, tenant: string, policyId: string, paused: boolean): Promise<void>;
  abstract setTenantPaused(tx: Tx, tenant: string, paused: boolean, author: SpecAuthor): Promise<void>;
  /** Rollouts of these policies that were not aborted and have a window that is not closed, or devices that wait for the time they were told by declaration. */
  abstract openRollouts(tx: Tx, tenant: string, policyIds: readonly string[]): Promise<string[]>;
}

/** Rollouts, as operators steer them. */
export abstract class PolicyStore {
  /** Undefined when there is no such rollout. Locks it against waves that are being released. */
  abstract rolloutState(tx: Tx, tenant: string, rolloutId: string): Promise<string | undefined>;
  abstract setRolloutState(tx: Tx, tenant: string, rolloutId: string, state: string): Promise<void>;
  /** False, and nothing is changed, where the policy has a newer version, whose rollout it would have to be. */
  abstract makeEmergency(tx: Tx, tenant: string, rolloutId: string): Promise<boolean>;
  /** Aborted ones whose updates are not all ended. */
  abstract abortedRollouts(): Promise<{ tenant: string; rolloutId: string }[]>;
  abstract setEnded(tx: Tx, tenant: string, rolloutId: string, now: Date): Promise<void>;
}
