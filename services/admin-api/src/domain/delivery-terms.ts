/** Until an event is tried again. */
export const EVENT_RETRY = { firstMs: 2_000, mostMs: 30 * 60_000 };
/** Until a target that failed so often in a row is tried again, with one event. */
export const TARGET_PAUSE = { firstMs: 1_000, mostMs: 60_000 };

/** The target works and does not want this very event. Anything else is the target's trouble, and all its events wait. */
const REFUSES_EVENT = new Set([400, 409, 413, 415, 422]);

export type Verdict = 'delivered' | 'event-refused' | 'target-failed';

/** What a target's HTTP status says. */
export function verdictOf(status: number): Verdict {
  if (status >= 200 && status < 300) return 'delivered';
  return REFUSES_EVENT.has(status) ? 'event-refused' : 'target-failed';
}

/** One line for operators. */
export function statusText(status: number): string {
  const why = status >= 300 && status < 400 ? ': redirects are not followed, give the final URL' : '';
  return `the target answered ${status}${why}`;
}
