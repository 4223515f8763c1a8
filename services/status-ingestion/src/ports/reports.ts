import type { AnswerPayload } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import type { Report } from '../domain/report.ts';

export abstract class ReportStore {
  /** Stores what is not there yet and returns it, in the order given: a repeat within a week is left out. */
  abstract record(tx: Tx, reports: readonly Report[]): Promise<Report[]>;

  /** Replaces the lists of these reports' devices, unless a newer list of the device was recorded. One report a device. */
  abstract replaceAvailable(tx: Tx, reports: readonly Report[]): Promise<void>;
}

export abstract class AnswerReader {
  /** The answer's XML; undefined where it is damaged or gone for good. Throws when it cannot be fetched now. */
  abstract read(payload: AnswerPayload): Promise<string | Buffer | undefined>;
}
