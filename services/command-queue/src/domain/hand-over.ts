/** What came of one attempt to hand a command to the MDM server that its device is enrolled with. */
export type HandOverResult =
  /** It is in that server's queue. */
  | { kind: 'taken' }
  /** That server will never take it: why, in its own words. */
  | { kind: 'refused'; detail: string }
  /** The server is at fault, or away. `mayHaveIt`: whether it can have got the command nevertheless. */
  | { kind: 'failed'; error: string; mayHaveIt: boolean };

export interface HttpAnswer {
  status: number;
  /** As far as it was read. */
  body: string;
}

const MOST_WORDS = 500;
/** Until one command is tried again. */
export const COMMAND_RETRY = { firstMs: 2_000, mostMs: 15 * 60_000 };
/** While a server that failed so often, one time after another, is left alone. */
export const SERVER_PAUSE = { firstMs: 1_000, mostMs: 60_000 };

/** The request itself is wrong: the same again fails the same way. */
const BAD_REQUEST: ReadonlySet<number> = new Set([400, 413, 422]);
/** Nobody looked at the command: wrong key, wrong address, too much at once. */
const NOT_LOOKED_AT: ReadonlySet<number> = new Set([401, 403, 404, 405, 408, 429, 503]);

/** What another server said, fit for people and logs: one line, bounded. */
export function boundedWords(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MOST_WORDS);
}

/** An answer that is not in its server's own shape: from something before it, or from another server altogether. */
export function judgeStatus({ status, body }: HttpAnswer, server: string): HandOverResult {
  const words = boundedWords(body);
  const said = `${server} answered ${status}${words === '' ? '' : `: ${words}`}`;
  if (BAD_REQUEST.has(status)) return { kind: 'refused', detail: boundedWords(said) };
  const mayHaveIt = !NOT_LOOKED_AT.has(status) && (status < 300 || status >= 500);
  return { kind: 'failed', error: boundedWords(said), mayHaveIt };
}

/** The JSON object of a body; undefined where it is none. */
export function objectIn(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
