import { lifeCycle, type PendingState } from '../src/domain/command.ts';
import { identify } from '../src/domain/enrollment.ts';
import { EXCLUSIVE_SLOT } from '../src/domain/slot.ts';
import type { ExchangeItem, ExchangeRow } from '../src/ports/commands.ts';
import type { EnrollmentRow, Row } from './fake-queue.ts';

export function answeredOf(row: Row, willRetry: boolean): ExchangeRow['answered'] {
  const { commandId, requestType, cause, notNowCount, errorCount, traceparent } = row;
  return { commandId, requestType, cause, notNowCount, errorCount, willRetry, traceparent };
}

/** Another server's device speaks once its TokenUpdate has come. */
export function identityOf(enrollment: EnrollmentRow | undefined, certificateHash: string): ExchangeRow['identity'] {
  const isEarly = enrollment !== undefined && enrollment.source !== null && enrollment.status === 'authenticated';
  return isEarly ? 'unrecognized' : identify(enrollment, certificateHash);
}

export function handOver(row: Row, now: Date, sessionAt: Date): ExchangeRow['next'] {
  row.state = lifeCycle[row.state]['handed-over'] as PendingState;
  row.sentAt = now;
  row.sessionAt = sessionAt;
  return handedOf(row);
}

export function nextOf(
  own: readonly Row[],
  item: ExchangeItem,
  of: { now: Date; session: Date | undefined; expiredBefore: number },
): Row | undefined {
  const { now } = of;
  const session = item.status === null ? null : of.session;
  return own
    .filter((row) => row.commandId !== item.commandId)
    .filter((row) => row.expiresAt > now && (row.notBefore === null || row.notBefore <= now))
    .filter((row) => row.state !== 'NotNow' || isOffered(row, session))
    .filter((row) => !own.some((other) => isInItsWay(other, row, item.commandId, of.expiredBefore)))
    .toSorted(
      (a, b) =>
        a.priority - b.priority ||
        a.createdAt.getTime() - b.createdAt.getTime() ||
        (a.commandId < b.commandId ? -1 : 1),
    )[0];
}

/** A NotNow command is offered again on another connection than that on which it was refused. Null: one that begins. */
function isOffered(row: Row, session: Date | null | undefined): boolean {
  if (row.overtaken || session === undefined) return false;
  return session === null || row.sessionAt?.getTime() !== session.getTime();
}

/** A device that has one ScheduleOSUpdate in hand gets no other until that one's time for an answer is over. */
function isInItsWay(other: Row, row: Row, answeredId: string | null, expiredBefore: number): boolean {
  if (row.slot !== EXCLUSIVE_SLOT || row.state === 'sent' || other.slot !== EXCLUSIVE_SLOT || other === row)
    return false;
  return other.state === 'sent' && other.commandId !== answeredId && other.expiresAt.getTime() > expiredBefore;
}

function handedOf({ commandId, requestType, command, traceparent }: Row): ExchangeRow['next'] {
  return { commandId, requestType, command, traceparent };
}
