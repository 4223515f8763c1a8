import { boundedWords, type HandOverResult, type HttpAnswer, judgeStatus, objectIn } from './hand-over.ts';

/** Its databases' words for a CommandUUID that is there: a primary key of MySQL, PostgreSQL, or its own check. */
const THERE_ALREADY = /duplicate|already exists|unique constraint/i;
/** The same for an enrollment that is not there (a foreign key, or its own check), and for a command that it cannot read. */
const NEVER =
  /foreign key|(enrollment|device|id)\b.*not (found|enrolled)|(unknown|no such) (enrollment|device|id)\b|no rows|(invalid|empty|missing) (command|plist|request)|malformed|decod(e|ing)/i;

/**
 * Reads the answer to PUT /v1/enqueue/{id}.
 * @param isRepeat an earlier attempt may have reached it: then its refusal of the CommandUUID says that it did
 */
export function readNanoReply(answer: HttpAnswer, deviceId: string, isRepeat: boolean): HandOverResult {
  const body = objectIn(answer.body);
  if (body === undefined || !isItsShape(body)) return judgeStatus(answer, 'NanoMDM');
  const error = errorOf(body, deviceId);
  // Without a push its device gets the command when it comes by itself: it is in the queue.
  if (error === undefined) return { kind: 'taken' };
  const words = boundedWords(error);
  if (THERE_ALREADY.test(error)) {
    return isRepeat
      ? { kind: 'taken' }
      : { kind: 'refused', detail: `NanoMDM has another command of this id: ${words}` };
  }
  if (NEVER.test(error) || answer.status === 400) return { kind: 'refused', detail: `NanoMDM: ${words}` };
  return { kind: 'failed', error: `NanoMDM: ${words}`, mayHaveIt: true };
}

function isItsShape(body: Record<string, unknown>): boolean {
  return ['status', 'command_uuid', 'command_error', 'push_error', 'no_push'].some((key) => body[key] !== undefined);
}

function errorOf(body: Record<string, unknown>, deviceId: string): string | undefined {
  const byId = (body['status'] ?? {}) as Record<string, { command_error?: unknown } | null>;
  const own = Object.hasOwn(byId, deviceId) ? byId[deviceId]?.command_error : undefined;
  const error = own ?? body['command_error'];
  return error === undefined || error === '' ? undefined : String(error);
}
