import type { PolicySpec, UpdateState } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import type { StoredUpdate } from '../domain/update.ts';

/** A move of one update; `update` is the row after it, `update.version - versions` the fence. */
export interface Move {
  update: StoredUpdate;
  events: MoveEvent[];
}
export interface MoveEvent {
  version: number;
  at: Date;
  from: UpdateState;
  to: UpdateState;
  reason: string | null;
  detail: string;
  commandId: string | null;
  reportId: string | null;
}

export interface RolloutTerms {
  state: string;
  /** The rollout, its policy or its tenant is. */
  paused: boolean;
  haltedRings: readonly number[];
  spec: PolicySpec;
}

/** The state of each device's update. */
export abstract class UpdateStore {
  /** All updates of these devices, each named once, that are not installed, of every rollout. */
  abstract openUpdates(tenant: string, deviceIds: readonly string[]): Promise<StoredUpdate[]>;
  abstract rolloutTerms(tenant: string, rolloutIds: readonly string[]): Promise<ReadonlyMap<string, RolloutTerms>>;
  /** The states of these rollouts; they stay so until the transaction ends. */
  abstract holdRollouts(tx: Tx, tenant: string, rolloutIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Writes those whose row is still where it was read, with the version before the move, and their events; returns these. */
  abstract apply(tx: Tx, tenant: string, moves: readonly Move[], now: Date): Promise<Move[]>;
  /** What other rollouts have told these devices by declaration, and these do not install yet. Nobody moves it until the transaction ends. */
  abstract declaredElsewhere(
    tx: Tx,
    own: { tenant: string; rolloutId: string },
    deviceIds: readonly string[],
  ): Promise<StoredUpdate[]>;
  /** At most `limit` updates in these states, by device id: of the rollout, or of one of its occurrences; those after the device `after`. */
  abstract inStates(
    tx: Tx,
    of: { tenant: string; rolloutId: string; occurrenceId?: string; wave?: number; lane?: 'ddm'; after?: string },
    states: readonly UpdateState[],
    limit: number,
  ): Promise<StoredUpdate[]>;
  /** Tenants with updates by declaration that are under way and whose time passed before: those of the first thousand of these updates. */
  abstract tenantsWithOverdue(before: Date): Promise<string[]>;
  /** At most `limit` of them; others that look for them skip these until the transaction ends. */
  abstract overdue(tx: Tx, tenant: string, before: Date, limit: number): Promise<StoredUpdate[]>;
}
