import type { Tx } from '@lamplighter/runtime';

export interface Enrolled {
  readonly isEnrolled: boolean;
  /** SHA-256 of the pinned identity certificate, lower-case hex. */
  readonly certificateHash: string;
}

/** What command-queue publishes of its enrollments. */
export abstract class Enrollments {
  /** Undefined for a device that never enrolled. */
  abstract find(tenant: string, deviceId: string): Promise<Enrolled | undefined>;
}

export interface StatusReport {
  readonly tenant: string;
  readonly deviceId: string;
  readonly at: Date;
  /** The device's JSON document, known to be storable. */
  readonly report: string;
}

export abstract class ReportStore {
  /** False, and nothing stored, where the device already has a report of that instant. */
  abstract add(tx: Tx, report: StatusReport): Promise<boolean>;
}
