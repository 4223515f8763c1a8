import type { commandExpired, ItemOf } from '@lamplighter/contracts';
import { deviceItemSize } from './batches.ts';
import type { CommandKey, PendingState } from './command.ts';

export type Expired = ItemOf<typeof commandExpired>;

/** A command that ended without an answer, as it was until then. */
export interface EndedCommand extends CommandKey {
  state: PendingState;
  requestType: string;
  cause: string;
  notNowCount: number;
  traceparent: string | null;
}

/** What is told of it; `voided` where its enrollment ended. */
export function expiredItem(command: EndedCommand, at: Date, voided?: NonNullable<Expired['voided']>): Expired {
  return {
    deviceId: command.deviceId,
    commandId: command.commandId,
    requestType: command.requestType,
    cause: command.cause,
    expiredAt: at.toISOString(),
    handedOver: command.state === 'sent',
    notNowCount: command.notNowCount,
    ...(voided === undefined ? {} : { voided }),
    traceparent: command.traceparent ?? undefined,
  };
}

/** Upper bound of its JSON in bytes. */
export function expiredSize(item: Expired): number {
  return deviceItemSize(item) + 6 * (item.requestType.length + item.cause.length);
}
