/** States that will not change by themselves while the window is open. */
export const SETTLED = ['installed', 'failed', 'superseded', 'not-eligible', 'waiting'] as const;

/** The rate is that of the last minutes: over the whole night it would mean nothing, since the first devices take their time. */
export const RECENT_MINUTES = 20;

export interface PaceCounts {
  /** Released devices that were settled within the last RECENT_MINUTES. */
  recent: number;
  /** Released devices that are settled, and all released ones. */
  done: number;
  released: number;
  /** Devices that are not settled. */
  left: number;
}

export interface Pace {
  perMinute: number | null;
  predictedFinishAt: Date | null;
}

/** So few of them done say nothing of the rest: the quick ones are the failures. */
const TELLING_SHARE = 0.05;

/**
 * Devices that are settled per minute, and when the rest would be at that rate. Null before there is a figure; no finish
 * is predicted before a twentieth is done, while nothing moves, and once nothing is left.
 */
export function paceOf({ recent, done, released, left }: PaceCounts, startedAt: Date | null, now: Date): Pace {
  const minutes = startedAt === null ? 0 : (now.getTime() - startedAt.getTime()) / 60_000;
  if (minutes <= 0 || done === 0) return { perMinute: null, predictedFinishAt: null };
  const perMinute = recent / Math.min(minutes, RECENT_MINUTES);
  const isTelling = left > 0 && recent > 0 && done >= released * TELLING_SHARE;
  const predictedFinishAt = isTelling ? new Date(now.getTime() + (left / perMinute) * 60_000) : null;
  return { perMinute, predictedFinishAt };
}
