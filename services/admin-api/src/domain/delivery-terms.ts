const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30 * 60_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Until an event is tried again: doubles up to half an hour, spread so that what failed together does not come back together. */
export function retryMs(attempts: number, random: number): number {
  return Math.round(doubled(FIRST_RETRY_MS, attempts, LONGEST_RETRY_MS) * (0.75 + random * 0.25));
}

/** Until a target that failed so often in a row is tried again, with one event: doubles up to a minute. */
export function pauseMs(failures: number, random: number): number {
  return Math.round(doubled(FIRST_PAUSE_MS, failures, LONGEST_PAUSE_MS) * (0.75 + random * 0.25));
}

function doubled(first: number, count: number, longest: number): number {
  return Math.min(longest, first * 2 ** Math.min(30, Math.max(0, count - 1)));
}

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
