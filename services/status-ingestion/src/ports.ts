import type { AnswerPayload } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import type { ReportedDeclaration, DeclaredStatus } from '@lamplighter/contracts';
import type { DdmCapabilities } from './domain/ddm-facts.ts';
import type { DdmState } from './domain/ddm-state.ts';
import type { DeviceFacts } from './domain/device-facts.ts';
import type { Report } from './domain/report.ts';

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

export abstract class ReportStore {
  /** Stores what is not there yet and returns it, in the order given: a repeat within a week is left out. */
  abstract record(tx: Tx, reports: readonly Report[]): Promise<Report[]>;

  /** Replaces the lists of these reports' devices, unless a newer list of the device was recorded. One report a device. */
  abstract replaceAvailable(tx: Tx, reports: readonly Report[]): Promise<void>;
}

export interface StoredDdm extends DeviceKey {
  state: DdmState;
  /** Undefined before the first report. */
  reportedAt?: Date | undefined;
  /** Undefined for user channels, and for a device that is not known to have enrolled. */
  enrolledAt?: Date | undefined;
}

/** A device's state, and what it means. */
export interface DdmRow extends DeviceKey {
  state: DdmState;
  reportedAt: Date;
  status: DeclaredStatus;
  capabilities?: DdmCapabilities | undefined;
  declarations?: readonly ReportedDeclaration[] | undefined;
  betaEnrollment?: string | undefined;
}

export abstract class DdmStore {
  /**
   * What these devices and user channels have said so far; holds their rows until the transaction ends. One that said nothing yet
   * gets an empty row. At most one key a device, sorted.
   */
  abstract hold(tx: Tx, keys: readonly DeviceKey[], now: Date): Promise<StoredDdm[]>;

  /** Replaces the rows, which must be held. */
  abstract write(tx: Tx, batch: readonly DdmRow[], now: Date): Promise<void>;
}

export abstract class AnswerReader {
  /** The answer's XML; undefined where it is damaged or gone for good. Throws when it cannot be fetched now. */
  abstract read(payload: AnswerPayload): Promise<string | Buffer | undefined>;
}
