import { derivedUuid } from '@lamplighter/contracts';
import type { AnswerStatus, ItemOf, commandAnswered } from '@lamplighter/contracts';
import type { Interpretation } from './interpret.ts';

export type AnsweredItem = ItemOf<typeof commandAnswered>;

/** One answer, interpreted: a row of `report`, and what it changes. */
export interface Report extends Interpretation {
  tenant: string;
  deviceId: string;
  reportId: string;
  commandId: string;
  requestType: string;
  status: AnswerStatus;
  cause: string;
  at: Date;
  traceparent?: string | undefined;
}

/** The same for every repeat of one answer; each NotNow of a command is one of its own, and each Error of one that is tried again. */
export function reportIdOf(item: Pick<AnsweredItem, 'commandId' | 'status' | 'notNowCount' | 'errorCount'>): string {
  return derivedUuid('report', item.commandId, item.status, item.notNowCount ?? item.errorCount ?? 0);
}

/** User channels (`<UDID>:<UserID>`) report, but are no devices. */
export function isDeviceChannel(deviceId: string): boolean {
  return !deviceId.includes(':');
}
