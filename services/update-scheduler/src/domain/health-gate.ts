import { type HealthGateSpec, REASONS } from '@lamplighter/contracts';

/** What became of devices of one or several rings. */
export interface Health {
  devices: number;
  /** That were sent a command: what shares are counted from. */
  sent: number;
  installed: number;
  failed: number;
  notNow: number;
  /** Silent since the installation. */
  silent: number;
}

export type HaltReason = 'failure-rate' | 'not-now-rate' | 'silent-rate';

export interface Halt {
  reason: HaltReason;
  /** The share that was too great, and the greatest allowed. */
  rate: number;
  limit: number;
  sample: number;
  /** In plain words. */
  detail: string;
}

/** Ends that say nothing of the update itself: time was up, a person decided, or the device was away. */
const NO_FAILURES = new Set(['window', 'operator', 'contact', 'user', 'device-busy', 'done']);

/** Reasons of updates that ended without success, for now or for good, which the gate does not count as failures. */
export const NOT_COUNTED: readonly string[] = REASONS.flatMap(({ code, class: kind }) =>
  NO_FAILURES.has(kind) ? [code] : [],
);

/** Reasons that count as a failure already while the device is told to try again. */
const TROUBLE = new Set(['space', 'network', 'device-failed']);
export const IN_TROUBLE: readonly string[] = REASONS.flatMap(({ code, class: kind }) =>
  TROUBLE.has(kind) ? [code] : [],
);

const RATES: readonly (readonly [HaltReason, keyof Health, keyof HealthGateSpec, string])[] = [
  ['failure-rate', 'failed', 'maxFailureRate', 'failed'],
  ['silent-rate', 'silent', 'maxSilentAfterRestartRate', 'are silent since the installation'],
  ['not-now-rate', 'notNow', 'maxNotNowRate', 'answer NotNow'],
];

/** Why the next ring must wait, judged by the rings before it; undefined where it may go. A small sample decides nothing. */
export function verdictOf(gate: HealthGateSpec, earlier: Health): Halt | undefined {
  if (earlier.sent < gate.minimumSample) return undefined;
  for (const [reason, count, most, what] of RATES) {
    const rate = earlier[count] / earlier.sent;
    const limit = gate[most];
    if (rate > limit) {
      const detail = `${earlier[count]} of ${earlier.sent} devices of the rings before it ${what}: ${percent(rate)}, and ${percent(limit)} are allowed.`;
      return { reason, rate, limit, sample: earlier.sent, detail };
    }
  }
  return undefined;
}

export function sumOf(all: readonly Health[]): Health {
  const sum = (key: keyof Health) => all.reduce((total, one) => total + one[key], 0);
  return {
    devices: sum('devices'),
    sent: sum('sent'),
    installed: sum('installed'),
    failed: sum('failed'),
    notNow: sum('notNow'),
    silent: sum('silent'),
  };
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
