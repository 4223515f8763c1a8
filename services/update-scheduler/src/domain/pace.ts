import type { PolicySpec } from '@lamplighter/contracts';

const MOST = 1_000;
/** Below this a wave is not worth its message, unless the policy's budget is smaller. */
const LEAST = 50;

/**
 * How many devices go at a time, and how far apart: `devices` spread over the policy's share of the time until sending
 * stops, never faster than its budget.
 */
export function paceOf(spec: PolicySpec, devices: number, msLeft: number): { waveSize: number; waveEveryMs: number } {
  const { devicesPerMinute, spread } = spec.pace;
  const minutes = Math.max((msLeft * spread) / 60_000, 0);
  const perMinute = minutes === 0 ? devicesPerMinute : Math.min(devicesPerMinute, Math.max(devices, 1) / minutes);
  const waveSize = Math.min(MOST, devicesPerMinute, Math.max(Math.ceil(perMinute), LEAST));
  return { waveSize, waveEveryMs: Math.ceil((waveSize / perMinute) * 60_000) };
}
