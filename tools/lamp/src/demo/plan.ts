import type { PolicyInput } from '@lamplighter/contracts';

/** What a demo does, and how its clock runs. Minutes are those of the demo's clock. */
export interface DemoPlan {
  readonly devices: number;
  readonly seed: string;
  /** How many times faster than the real one its clock runs. */
  readonly factor: number;
  readonly windowMinutes: number;
  /** Somebody chose the window: it is not made longer on a busy machine. */
  readonly isWindowFixed: boolean;
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
  readonly window?: number;
}

/** A window of two hours passes in 72 seconds. */
const usualFactor = 100;
/** What two cores move at that speed with plenty to spare; larger fleets get more real time. */
const usualDevices = 1_000;
const windowMinutes = 120;
/** Part of the window over which devices are told. A large fleet's work is spread, so that its peak is not three times its mean. */
const usualSpread = 0.3;
const largeSpread = 0.6;
/** As many traces are kept as a person can look through, and a few. */
const traces = 200;

export function planDemo({ devices, seed, speed, window }: PlanInput): DemoPlan {
  const factor = speed ?? Math.max(1, Math.min(usualFactor, (usualFactor * usualDevices) / Math.max(devices, 1)));
  return {
    devices,
    seed,
    factor,
    windowMinutes: window ?? windowMinutes,
    isWindowFixed: window !== undefined,
    stopBeforeMinutes: 30,
    confirmHours: 0.25,
    traceSample: Math.min(1, traces / Math.max(devices, 1)),
  };
}

/** The clock that all services and the fleet share: tonight at half past one, running from `realNow` on. */
export function clockSetting(plan: DemoPlan, realNow: number): string {
  const tonight = new Date(realNow).setUTCHours(1, 30, 0, 0);
  return `scaled:${realNow}:${tonight}:${plan.factor}`;
}

/** What the machine showed of itself while the fleet enrolled. */
export interface Pulse {
  /** Real milliseconds that the enrollment took. */
  readonly enrollMs: number;
  /** Processes that want to run, for each processor (1-minute load average). A small fleet asks for little of it. */
  readonly load: number;
}

/** Of a machine that keeps up: 15 ms for a device, and what a small fleet takes as well. */
const usualEnrollMs = (devices: number): number => 8_000 + devices * 15;
/** What the demo itself asks of two cores at its busiest. */
const usualLoad = 3;
const longestWindow = 3;

/**
 * The plan with a window that a busy machine gets through: up to three times as long. The clock is set before the
 * services start, so the window is what can still give the real work its time.
 */
export function withTimeToWork(plan: DemoPlan, { enrollMs, load }: Pulse): DemoPlan {
  if (plan.isWindowFixed) return plan;
  const share = Math.min(1, plan.devices / usualDevices);
  const slowness = Math.max(enrollMs / usualEnrollMs(plan.devices), (load / usualLoad) * share);
  const longer = Math.min(longestWindow, Math.max(1, slowness));
  return { ...plan, windowMinutes: Math.round((plan.windowMinutes * longer) / 15) * 15 };
}

/** A policy for the whole fleet whose window is open at `now` (an instant of the demo's clock). */
export function openPolicy(plan: DemoPlan, now: string): PolicyInput {
  return {
    name: 'tonight',
    target: { kind: 'newest' },
    windows: [
      {
        start: now.slice(11, 16),
        lengthMinutes: plan.windowMinutes,
        stopBeforeMinutes: plan.stopBeforeMinutes,
        zone: 'UTC',
      },
    ],
    pace: { devicesPerMinute: 60_000, spread: plan.devices > usualDevices ? largeSpread : usualSpread },
    // Devices that are told by declaration install in the same night.
    enforcement: { announceDays: 0 },
  };
}

/**
 * What the fleet has other than the simulator's own mix: delays that fit a window of two hours (a NotNow ends and a
 * lost device is back within it, or not at all).
 */
export const demoMix = {
  // A Mac does not tell its zone, and an enforcement is of the device's own time.
  zones: { UTC: 1 },
  settings: {
    bandwidthMbit: [80, 400],
    notNowTimes: [1, 3],
    notNowRepollMs: [180_000, 480_000],
    slowFactor: 5,
    offlineForMs: [1_800_000, 4_500_000],
    reEnrollAfterMs: [1_800_000, 4_500_000],
  },
} as const;
