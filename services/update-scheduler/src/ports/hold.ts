import type { Tx } from '@lamplighter/runtime';
import type { StoredUpdate } from '../domain/update.ts';

/** A rollout that sends nothing for now, to none of its devices or to none of some rings. */
export interface Held {
  tenant: string;
  rolloutId: string;
  /** `paused`: the rollout, its policy or its tenant is. */
  reason: 'paused' | 'ring-halted';
  /** Those that the health gate halted; null where all of the rollout is held. */
  rings: readonly number[] | null;
}

/** What rollouts that are held have sent for already. */
export abstract class HoldStore {
  /** Rollouts that are held and have told devices by declaration, or have a window that is not closed. */
  abstract held(): Promise<Held[]>;
  /** As `held`, of this rollout; it stays so until the transaction ends. Undefined where it is held no more. */
  abstract keep(tx: Tx, of: Pick<Held, 'tenant' | 'rolloutId'>): Promise<Held | undefined>;
  /** At most `limit` updates by declaration whose device does not install yet; others skip these until the transaction ends. */
  abstract declared(tx: Tx, held: Held, limit: number): Promise<StoredUpdate[]>;
  /** At most `limit` of those whose device installs and was not told to be past recall. */
  abstract installing(tx: Tx, held: Held, limit: number): Promise<StoredUpdate[]>;
  /** Commands that tell a device to download or install, of windows that are not closed; at most `limit`, by device after the cursor. */
  abstract ordered(held: Held, after: string, limit: number): Promise<{ deviceId: string; commandId: string }[]>;
  /** Windows that still send, of the rollout or of all that the policy or the tenant has, are planned once more where something was taken back. */
  abstract replan(tx: Tx, of: { tenant: string; rolloutId?: string; policyId?: string }, now: Date): Promise<void>;
}
