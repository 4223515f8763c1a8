import { osVersionKey } from '@lamplighter/apple';
import type { TargetSpec } from '@lamplighter/contracts';

export interface TargetBounds {
  /** Version keys (`osVersionKey`), both included. */
  low: number;
  high: number;
  build: string | null;
  withinMajor: boolean;
}

/** Which releases a policy allows. A maximum of `26` takes in all of 26, `26.5` all of 26.5. */
export function targetBounds(target: TargetSpec): TargetBounds {
  const all = { low: 0, high: Number.MAX_SAFE_INTEGER, build: null, withinMajor: false };
  if (target.kind === 'exact') {
    const key = osVersionKey(target.version);
    return { low: key, high: key, build: target.build ?? null, withinMajor: false };
  }
  const high = target.maximumVersion === undefined ? all.high : lastOf(target.maximumVersion);
  return { ...all, high, withinMajor: target.kind === 'newest-minor' };
}

function lastOf(version: string): number {
  const rest = [999_999, 999, 0][version.split('.').length - 1] ?? 0;
  return osVersionKey(version) + rest;
}
