import type { DeclarationKind } from '@lamplighter/apple';
import type { Tx } from '@lamplighter/runtime';
import type { DeclarationStatus } from '../domain/declared.ts';

export interface NewReport {
  tenant: string;
  deviceId: string;
  reportId: string;
  at: Date;
  /** The device's JSON document, known to be storable. */
  report: string;
}

export interface ReportedStatuses {
  tenant: string;
  deviceId: string;
  at: Date;
  /** Of these kinds `statuses` holds all that the device has. */
  kinds: DeclarationKind[];
  statuses: DeclarationStatus[];
}

export abstract class ReportStore {
  /** Returns the ids of those that were not there yet. */
  abstract add(tx: Tx, reports: readonly NewReport[]): Promise<Set<string>>;

  /** A device at most once. What is older than what is stored changes nothing; declarations that are not ours are left out. */
  abstract setStatuses(tx: Tx, reported: readonly ReportedStatuses[]): Promise<void>;

  /** The capabilities that are stored of each of these devices; null: none. */
  abstract capabilitiesOf(devices: readonly { tenant: string; deviceId: string }[]): Promise<(string | null)[]>;

  /** Stores capabilities where they are new. */
  abstract addCapabilities(
    tx: Tx,
    capabilities: readonly { tenant: string; capabilitiesId: string; declarations: string[]; statusItems: string[] }[],
  ): Promise<void>;

  abstract noteReported(tx: Tx, devices: readonly { tenant: string; deviceId: string; at: Date }[]): Promise<void>;
}
