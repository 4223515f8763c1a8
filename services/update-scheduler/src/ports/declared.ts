import type { PolicySpec } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import type { StoredUpdate } from '../domain/update.ts';

/** A rollout that has told devices by declaration and is not over, with the policy as it is now. */
export interface DeclaredRollout {
  tenant: string;
  rolloutId: string;
  policyId: string;
  spec: PolicySpec;
}

/** A device that was told, and is no longer the policy's. */
export interface Stray {
  update: StoredUpdate;
  /** The policy does not take it in; else a policy of greater precedence does. */
  reason: 'unassigned' | 'other-policy';
}

/** What devices were told by declaration, across rollouts. */
export abstract class DeclaredStore {
  /** Without those that are aborted. */
  abstract rollouts(): Promise<DeclaredRollout[]>;
  /** The next devices after the cursor that were told and are not over; at most `limit`, by id. */
  abstract told(of: DeclaredRollout, after: string, limit: number): Promise<string[]>;
  /** Those of them that do not install and are the policy's no more; others skip these until the transaction ends. */
  abstract strays(tx: Tx, of: DeclaredRollout, deviceIds: readonly string[], now: Date): Promise<Stray[]>;
}
