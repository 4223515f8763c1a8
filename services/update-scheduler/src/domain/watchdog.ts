import type { FindingKind, WatchStep } from '@lamplighter/contracts';

const DAY_MS = 86_400_000;
const LADDER: readonly WatchStep[] = ['push', 'ping', 'sync', 'alert'];

/** When each step was last taken for a device; absent: never. */
export type StepTimes = Partial<Record<WatchStep, Date>>;

/** A device of which something was found. */
export interface Watched {
  /** Its open findings; empty where all have cleared. */
  kinds: readonly FindingKind[];
  times: StepTimes;
  /** Whether APNs still takes pushes for it. */
  isReachable: boolean;
  /** Whether it manages itself by declarations. */
  hasDdm: boolean;
}

export interface NextStep {
  /** Undefined: nothing now. */
  step: WatchStep | undefined;
  /** When to look again; undefined: nothing is open. */
  dueAt: Date | undefined;
}

/**
 * The rung after the last one that was taken within a day, once that had `waitMs` to show an effect; after the last rung the first one again.
 * No rung is taken twice within 24 hours.
 */
export function nextStep(watched: Watched, now: Date, waitMs: number): NextStep {
  const rungs = rungsOf(watched);
  if (rungs.length === 0) return { step: undefined, dueAt: undefined };
  const last = lastTaken(watched.times, now);
  const next = last === undefined ? rungs[0]! : after(last, rungs);
  const mayAt = Math.max(
    last === undefined ? 0 : watched.times[last]!.getTime() + waitMs,
    (watched.times[next]?.getTime() ?? -DAY_MS) + DAY_MS,
  );
  if (mayAt > now.getTime()) return { step: undefined, dueAt: new Date(mayAt) };
  return { step: next, dueAt: new Date(now.getTime() + waitMs) };
}

/** A certificate is renewed by no push: that is for people at once. */
function rungsOf({ kinds, isReachable, hasDdm }: Watched): readonly WatchStep[] {
  if (kinds.length === 0) return [];
  if (kinds.every((kind) => kind.startsWith('certificate-'))) return ['alert'];
  return LADDER.filter((step) => (step !== 'push' || isReachable) && (step !== 'sync' || hasDdm));
}

function lastTaken(times: StepTimes, now: Date): WatchStep | undefined {
  const lately = LADDER.filter((step) => times[step] !== undefined && times[step].getTime() > now.getTime() - DAY_MS);
  return lately.toSorted((one, other) => times[other]!.getTime() - times[one]!.getTime())[0];
}

function after(last: WatchStep, rungs: readonly WatchStep[]): WatchStep {
  return rungs.find((step) => LADDER.indexOf(step) > LADDER.indexOf(last)) ?? rungs[0]!;
}

/** Of several findings the one that people are told of. */
export function gravest(kinds: readonly FindingKind[]): FindingKind {
  const order: readonly FindingKind[] = [
    'certificate-missing',
    'certificate-expired',
    'mdm-client-stuck',
    'update-stuck',
    'certificate-expiring',
    'silent-after-push',
  ];
  return order.find((kind) => kinds.includes(kind))!;
}
