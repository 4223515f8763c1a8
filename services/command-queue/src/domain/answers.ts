import { type commandAnswered, derivedUuid, type Exchange, type ItemOf } from '@lamplighter/contracts';
import { type AnsweredCommand, type CommandOutcome, type FinishedCommand, openOutcomes } from './command.ts';

export type Answered = ItemOf<typeof commandAnswered>;
export type DeviceAnswer = NonNullable<Exchange['answer']>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The id as the queue keeps it; null where it cannot be one of ours. */
export function commandIdOf(answer: Pick<DeviceAnswer, 'commandId'> | undefined): string | null {
  return answer !== undefined && UUID.test(answer.commandId) ? answer.commandId.toLowerCase() : null;
}

/**
 * What an answer to a command that is no longer pending means: `repeat` of the answer that ended it, `late` answer to one
 * that ended without its device's word, or `stranger`, which changes nothing. The first answer stands.
 */
export function judgeFinished(outcome: CommandOutcome, status: DeviceAnswer['status']): 'repeat' | 'late' | 'stranger' {
  if (status === 'NotNow') return 'stranger';
  if (outcome === status) return 'repeat';
  return openOutcomes.includes(outcome) ? 'late' : 'stranger';
}

/** An Error that comes late is one more than those that were counted until the command ended. */
function errorsOf(command: AnsweredCommand | FinishedCommand): number {
  const isLate = 'outcome' in command && command.outcome !== 'Error';
  return command.errorCount + (isLate ? 1 : 0);
}

export function answeredItem(exchange: Exchange, command: AnsweredCommand | FinishedCommand): Answered {
  const answer = exchange.answer!;
  return {
    deviceId: exchange.deviceId,
    commandId: command.commandId,
    requestType: command.requestType,
    cause: command.cause,
    status: answer.status,
    receivedAt: exchange.receivedAt,
    notNowCount: answer.status === 'NotNow' ? command.notNowCount : undefined,
    errorCount: answer.status === 'Error' ? errorsOf(command) : undefined,
    ...('willRetry' in command && command.willRetry ? { willRetry: true } : {}),
    payload: answer.payload,
    traceparent: command.traceparent ?? undefined,
  };
}

/** The same answers give the same id, whenever they are published. */
export function answeredMessageId(tenant: string, items: readonly Answered[]): string {
  const parts = items.map(
    (item) => `${item.deviceId} ${item.commandId} ${item.status} ${item.notNowCount ?? item.errorCount ?? ''}`,
  );
  return derivedUuid('command.answered', tenant, ...parts.sort());
}

/** Upper bound of its JSON: base64 stays as it is, XML grows by its escapes. */
export function answeredSize(item: Answered): number {
  const { payload } = item;
  const bytes = 'xml' in payload ? Buffer.byteLength(JSON.stringify(payload.xml)) : JSON.stringify(payload).length;
  return 600 + 6 * (item.deviceId.length + item.cause.length + item.requestType.length) + bytes;
}
