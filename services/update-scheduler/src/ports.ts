import type { Policy, PolicySpec, UpdateState } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import type { Inventory, SpecChange } from './domain/policy/plan-changes.ts';
import type { NewRing } from './domain/rings.ts';
import type { KeyedWindow, Occurrence } from './domain/window.ts';
import type { StoredUpdate } from './domain/update.ts';

export type { StoredUpdate } from './domain/update.ts';

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
  /** Occurrences past their close that are not closed; empty when there are none. */
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

export interface DueWave {
  tenant: string;
  occurrenceId: string;
  rolloutId: string;
  wave: number;
  /** Devices, as planned. */
  size: number;
  /** Of the occurrence: the key of its window, its zone or `*`, and the day of its start there. */
  window: string;
  zone: string;
  localDate: string;
  opensAt: Date;
  stopsAt: Date;
  windowTraceparent: string | null;
  spec: PolicySpec;
}

/** A device that was sent its first command, as its row is now. */
export interface SentDevice {
  deviceId: string;
  version: number;
  step: 'scan' | 'list';
  commandId: string;
  traceparent: string;
}

/** What may go out now. */
export abstract class WaveStore {
  /**
   * Whether the wave whose turn it is may go: one is due, and the pacer gave its devices, or its stop time has come and it is put
   * off. Outside of any transaction: who holds a connection must not wait for another one.
   */
  abstract admit(now: Date): Promise<boolean>;
  /** One due wave of a running rollout, locked until the end of the transaction; others skip it. Undefined when none is due. */
  abstract claim(tx: Tx, now: Date): Promise<DueWave | undefined>;
  /**
   * Sends its devices on the MDM lane that are still planned on their way, and tells of it: their first command, `commandIdOf` and traced
   * as `derivedTraceparent` of rollout, device and occurrence says. `traced` is the share of traces, `detail` is for people.
   */
  abstract send(tx: Tx, wave: DueWave, how: { now: Date; detail: string; traced: number }): Promise<SentDevice[]>;
  /** Its devices that are still planned. */
  abstract devices(tx: Tx, wave: DueWave): Promise<StoredUpdate[]>;
  /** The time zones of these, as far as they are known. */
  abstract zonesOf(tx: Tx, tenant: string, deviceIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  abstract released(tx: Tx, wave: DueWave, now: Date, devices: number): Promise<void>;
  /** The wave will not be released. */
  abstract drop(tx: Tx, tenant: string, occurrenceId: string, wave?: number): Promise<void>;
}

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
  /** All updates of these devices that are not installed, of every rollout. */
  abstract openUpdates(tenant: string, deviceIds: readonly string[]): Promise<StoredUpdate[]>;
  abstract rolloutTerms(tenant: string, rolloutIds: readonly string[]): Promise<ReadonlyMap<string, RolloutTerms>>;
  /** The states of these rollouts; they stay so until the transaction ends. */
  abstract holdRollouts(tx: Tx, tenant: string, rolloutIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Writes those whose row still has the version before the move, with their events; returns these. */
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
