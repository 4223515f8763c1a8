import type { PolicySpec } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import type { StoredUpdate } from '../domain/update.ts';

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
   * off. Outside of any transaction: who holds a connection must not wait for another one. Waves of the rollouts `without` have no turn.
   */
  abstract admit(now: Date, without: readonly string[]): Promise<boolean>;
  /**
   * One due wave of a running rollout, of none of `without`, locked until the end of the transaction; others skip it. Undefined when none
   * is due.
   */
  abstract claim(tx: Tx, now: Date, without: readonly string[]): Promise<DueWave | undefined>;
  /**
   * Sends its devices on the MDM lane that are still planned on their way, and tells of it: their first command, `commandIdOf` and traced
   * as `derivedTraceparent` of rollout, device and occurrence says. `traced` is the share of traces, `detail` is for people.
   */
  abstract send(tx: Tx, wave: DueWave, how: { now: Date; detail: string; traced: number }): Promise<SentDevice[]>;
  /** Its devices that are still planned. */
  abstract devices(tx: Tx, wave: DueWave): Promise<StoredUpdate[]>;
  /** The time zones of these, as far as they are known. */
  abstract zonesOf(tx: Tx, tenant: string, deviceIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Those of these that the wave's rollout has brought to their target since its window opened. */
  abstract updatedSince(tx: Tx, wave: DueWave, deviceIds: readonly string[]): Promise<ReadonlySet<string>>;
  abstract released(tx: Tx, wave: DueWave, now: Date, devices: number): Promise<void>;
  /** The wave will not be released. */
  abstract drop(tx: Tx, tenant: string, occurrenceId: string, wave?: number): Promise<void>;
}
