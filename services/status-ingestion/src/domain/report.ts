import { derivedUuid } from '@lamplighter/contracts';
import type { AnswerStatus, ItemOf, Observation, commandAnswered, declarationReported } from '@lamplighter/contracts';
import type { Interpretation } from './interpret.ts';

export type AnsweredItem = ItemOf<typeof commandAnswered>;
export type ReportedItem = ItemOf<typeof declarationReported>;

/** One answer or status report, interpreted: a row of `report`, and what it changes. */
export interface Report extends Interpretation {
  tenant: string;
  deviceId: string;
  reportId: string;
  /** Absent for a status report: it answers nothing. */
  commandId?: string | undefined;
  requestType: string;
  status: AnswerStatus | 'Reported';
  cause: string;
  at: Date;
  traceparent?: string | undefined;
  /** What it tells beside its observation. */
  also?: Observation | undefined;
}

/** The same for every repeat of one answer; each NotNow of a command is one of its own, and each Error of one that is tried again. */
export function reportIdOf(item: Pick<AnsweredItem, 'commandId' | 'status' | 'notNowCount' | 'errorCount'>): string {
  return derivedUuid('report', item.commandId, item.status, item.notNowCount ?? item.errorCount ?? 0);
}

/** The same for every repeat of one status report. */
export function statusReportIdOf(tenant: string, { deviceId, at, report }: ReportedItem): string {
  return derivedUuid('status-report', tenant, deviceId, new Date(at).toISOString(), report);
}

/** User channels (`<UDID>:<UserID>`) report, but are no devices. */
export function isDeviceChannel(deviceId: string): boolean {
  return !deviceId.includes(':');
}
