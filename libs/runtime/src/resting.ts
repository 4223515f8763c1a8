import { type Backoff, backoffMs } from './backoff.ts';

/**
 * What is taken one at a time, the first that is due, and failed: it rests, ever longer, and what comes after it has its turn meanwhile.
 * On the machine's own clock, and in one process: each finds out for itself.
 */
export class Resting {
  private readonly backoff: Backoff;
  private readonly failed = new Map<string, { failures: number; until: number }>();

  constructor(backoff: Backoff) {
    this.backoff = backoff;
  }

  /** Those that rest now. */
  ids(now = performance.now()): string[] {
    return [...this.failed].filter(([, { until }]) => until > now).map(([id]) => id);
  }

  /** It failed once more. Returns for how many real milliseconds it rests. */
  add(id: string, now = performance.now()): number {
    const failures = (this.failed.get(id)?.failures ?? 0) + 1;
    const ms = backoffMs(failures, this.backoff);
    this.failed.set(id, { failures, until: now + ms });
    return ms;
  }

  /** It went. */
  clear(id: string): void {
    this.failed.delete(id);
  }
}
