import type { commandEnded, ItemOf } from '@lamplighter/contracts';
import { deviceItemSize } from './batches.ts';
import type { CommandKey, PendingState } from './command.ts';

export type Ended = ItemOf<typeof commandEnded>;

/** A command that ended without an answer, as it was until then. */
export interface EndedCommand extends CommandKey {
  state: PendingState;
  requestType: string;
  cause: string;
  notNowCount: number;
  traceparent: string | null;
}

/** How it ended, and what more is to be said of that. */
export type End = Pick<Ended, 'outcome' | 'reason' | 'detail'>;

/** What is told of it. */
export function endedItem(command: EndedCommand, at: Date, end: End): Ended {
  return {
    deviceId: command.deviceId,
    commandId: command.commandId,
    requestType: command.requestType,
    cause: command.cause,
    endedAt: at.toISOString(),
    ...end,
    handedOver: command.state === 'sent',
    notNowCount: command.notNowCount,
    traceparent: command.traceparent ?? undefined,
  };
}

/** Upper bound of its JSON in bytes. */
export function endedSize(item: Ended): number {
  const texts = [item.requestType, item.cause, item.reason ?? '', item.detail ?? ''];
  return deviceItemSize(item) + texts.reduce((sum, text) => sum + 6 * text.length, 100);
}
