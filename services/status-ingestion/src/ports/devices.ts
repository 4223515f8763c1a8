import type { Tx } from '@lamplighter/runtime';
import type { DeviceFacts } from '../domain/device-facts.ts';

export interface Enrollment {
  tenant: string;
  deviceId: string;
  generation: number;
  at: Date;
  facts: DeviceFacts;
}

export interface Departure {
  tenant: string;
  deviceId: string;
  at: Date;
}

export interface DeviceKey {
  tenant: string;
  deviceId: string;
}

export abstract class DeviceStore {
  /**
   * Enrolls each device whose stored generation is older, and returns those; the rest is unchanged. At most one entry
   * a device. Facts of a DeviceInformation that is newer than the enrollment stay.
   */
  abstract enroll(tx: Tx, batch: readonly Enrollment[], now: Date): Promise<DeviceKey[]>;

  /** A departure older than the device's enrollment changes nothing. At most one entry a device. */
  abstract leave(tx: Tx, batch: readonly Departure[], now: Date): Promise<void>;

  /**
   * Notes when each device last answered, and holds its row until the transaction ends: reports of one device are
   * written one transaction after another. A device that is not known yet gets a row, not enrolled.
   */
  abstract noteAnswers(tx: Tx, batch: readonly (DeviceKey & { at: Date })[], now: Date): Promise<void>;

  /**
   * Of facts older than the stored ones only those count that nobody has told since; facts older than the enrollment change
   * nothing. At most one entry a device.
   */
  abstract writeFacts(
    tx: Tx,
    batch: readonly (DeviceKey & { at: Date; facts: DeviceFacts })[],
    now: Date,
  ): Promise<void>;
}
