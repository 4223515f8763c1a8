/** What a budget call may grant at most: a twentieth of a second's worth, so that processes take turns. */
export function chunkOf(rate: number): number {
  return Math.max(1, Math.floor(rate / 20));
}

/** What may have been saved up: a fifth of a second's worth. */
export function burstOf(rate: number): number {
  return Math.max(1, Math.floor(rate / 5));
}

/**
 * What repeated pushes leave untouched. While first pushes take all that comes in, there is never more than this, and
 * repeated ones wait; what first pushes do not need rises above it and goes to them.
 */
export function reserveOf(rate: number): number {
  return Math.floor(burstOf(rate) / 2);
}

export interface Grant {
  granted: number;
  /** Milliseconds until there may be one more, where nothing was granted; else 0. */
  waitMs: number;
}

/** The same sums as the shared budget's, for one process alone. */
export class TokenBucket {
  readonly rate: number;
  private tokens: number;
  private at: number;

  /** @param rate tokens a second */
  constructor(rate: number, nowMs: number) {
    this.rate = rate;
    this.tokens = burstOf(rate);
    this.at = nowMs;
  }

  /** @param reserve what must be left */
  take(wanted: number, nowMs: number, reserve = 0): Grant {
    const earned = (Math.max(0, nowMs - this.at) * this.rate) / 1000;
    this.tokens = Math.min(burstOf(this.rate), this.tokens + earned);
    this.at = nowMs;
    const granted = Math.max(0, Math.min(wanted, chunkOf(this.rate), Math.floor(this.tokens - reserve)));
    this.tokens -= granted;
    return { granted, waitMs: granted > 0 ? 0 : Math.ceil(((reserve + 1 - this.tokens) * 1000) / this.rate) };
  }

  /** Gives back what was not used. */
  put(tokens: number): void {
    this.tokens += tokens;
  }
}
