/** States that will not change by themselves while the window is open. */
export const SETTLED = ['installed', 'failed', 'superseded', 'not-eligible', 'waiting'] as const;

export interface Pace {
  perMinute: number | null;
  predictedFinishAt: Date | null;
}

/**
 * Settled devices per minute since the first release, and when the rest would be settled at that rate.
 * Null before there is a figure; no finish is predicted once nothing is left.
 */
export function paceOf(counts: { settled: number; total: number }, startedAt: Date | null, now: Date): Pace {
  if (!startedAt || counts.settled === 0) return { perMinute: null, predictedFinishAt: null };
  const minutes = (now.getTime() - startedAt.getTime()) / 60_000;
  if (minutes <= 0) return { perMinute: null, predictedFinishAt: null };
  const perMinute = counts.settled / minutes;
  const left = counts.total - counts.settled;
  const predictedFinishAt = left <= 0 ? null : new Date(now.getTime() + (left / perMinute) * 60_000);
  return { perMinute, predictedFinishAt };
}
