import { boundedWords, type HandOverResult, type HttpAnswer, judgeStatus, objectIn } from './hand-over.ts';

/** Reads the answer to POST /v1/commands/{udid}. */
export function readMicroReply(answer: HttpAnswer): HandOverResult {
  const body = objectIn(answer.body);
  if ((answer.status === 200 || answer.status === 201) && body?.['payload'] !== undefined) return { kind: 'taken' };
  const error = body?.['error'];
  if (error !== undefined && answer.status === 404) {
    return { kind: 'refused', detail: boundedWords(`MicroMDM: ${String(error)}`) };
  }
  return judgeStatus(answer, 'MicroMDM');
}

/** Whether its queue of a device, GET /v1/commands/{udid}, holds the command or did; undefined where that cannot be read. */
export function isInMicroQueue({ status, body }: HttpAnswer, commandId: string): boolean | undefined {
  if (status !== 200) return undefined;
  const queue = objectIn(body)?.['device_command'];
  if (typeof queue !== 'object' || queue === null) return undefined;
  const lists = ['Commands', 'Completed', 'Failed', 'NotNow'].map((key) => (queue as Record<string, unknown>)[key]);
  const all = lists.flatMap((list) => (Array.isArray(list) ? (list as ({ UUID?: unknown } | null)[]) : []));
  return all.some((command) => String(command?.UUID).toLowerCase() === commandId);
}
