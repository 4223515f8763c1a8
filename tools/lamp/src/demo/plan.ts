import type { PolicyInput } from '@lamplighter/contracts';

/** What a demo does, and how its clock runs. Minutes are those of the demo's clock. */
export interface DemoPlan {
  readonly devices: number;
  readonly seed: string;
  /** How many times faster than the real one its clock runs. */
  readonly factor: number;
  readonly windowMinutes: number;
  readonly stopBeforeMinutes: number;
  /** How long after the stop time devices are asked how far they are. */
  readonly confirmHours: number;
  /** Share of the device-updates that are traced. */
  readonly traceSample: number;
}

export interface PlanInput {
  readonly devices: number;
  readonly seed: string;
  readonly speed?: number;
}

/** A window of two hours passes in a minute. */
const usualFactor = 120;
/** What two cores move at that speed with plenty to spare; larger fleets get more real time. */
const usualDevices = 1_000;
/** As many traces are kept as a person can look through, and a few. */
const traces = 200;

export function planDemo({ devices, seed, speed }: PlanInput): DemoPlan {
  const factor = speed ?? Math.max(1, Math.min(usualFactor, (usualFactor * usualDevices) / Math.max(devices, 1)));
  return {
    devices,
    seed,
    factor,
    windowMinutes: 120,
    stopBeforeMinutes: 30,
    confirmHours: 1,
    traceSample: Math.min(1, traces / Math.max(devices, 1)),
  };
}

/** The clock that all services and the fleet share: tonight at half past one, running from `realNow` on. */
export function clockSetting(plan: DemoPlan, realNow: number): string {
  const tonight = new Date(realNow).setUTCHours(1, 30, 0, 0);
  return `scaled:${realNow}:${tonight}:${plan.factor}`;
}

/** A policy for the whole fleet whose window is open at `now` (an instant of the demo's clock). */
export function openPolicy(plan: DemoPlan, now: string): PolicyInput {
  return {
    name: 'tonight',
    target: { kind: 'newest' },
    window: {
      start: now.slice(11, 16),
      lengthMinutes: plan.windowMinutes,
      stopBeforeMinutes: plan.stopBeforeMinutes,
      zone: 'UTC',
    },
    pace: { devicesPerMinute: 60_000, spread: 0.35 },
  };
}

/**
 * The fleet: the simulator's own mix of behaviours, with delays that fit a window of two hours (a NotNow ends and a
 * lost device is back within it, or not at all).
 */
export const demoMix = {
  behaviours: {
    upToDate: 0.05,
    notNow: 0.08,
    errorChain: 0.02,
    offline: 0.03,
    noDisk: 0.01,
    noPower: 0.02,
    slowDownload: 0.02,
    silentAfterRestart: 0.005,
    duplicateAnswers: 0.02,
    dropConnection: 0.02,
    reEnroll: 0.01,
  },
  settings: {
    bandwidthMbit: [80, 400],
    notNowTimes: [1, 3],
    notNowRepollMs: [180_000, 480_000],
    slowFactor: 5,
    offlineForMs: [1_800_000, 4_500_000],
    reEnrollAfterMs: [1_800_000, 4_500_000],
  },
} as const;
