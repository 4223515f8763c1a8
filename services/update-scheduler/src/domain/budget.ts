const MINUTE_MS = 60_000;
/** How many seconds' worth of the budget may go at once after a pause. */
const BURST_SECONDS = 10;

export interface Budget {
  /** Devices; below 0 after a wave that was larger than what was left. */
  tokens: number;
  refilledAt: Date;
}

/** The most that may have been saved up: at least a whole wave. */
export function burstOf(perMinute: number): number {
  return Math.max((perMinute * BURST_SECONDS) / 60, 1_000);
}

/** What the budget holds by `now`. A clock that goes back fills nothing. */
export function refilled({ tokens, refilledAt }: Budget, perMinute: number, now: Date): number {
  const passedMs = Math.max(now.getTime() - refilledAt.getTime(), 0);
  return Math.min(burstOf(perMinute), tokens + (passedMs / MINUTE_MS) * perMinute);
}
