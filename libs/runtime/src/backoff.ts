export interface Backoff {
  /** Real milliseconds after the first failure. */
  firstMs: number;
  mostMs: number;
}

/**
 * Real milliseconds until something is tried again after it failed `failures` times (from 1): doubles up to `mostMs`, and is
 * up to a quarter less, so that what failed together does not come back together.
 */
export function backoffMs(failures: number, { firstMs, mostMs }: Backoff, random: () => number = Math.random): number {
  return Math.round(Math.min(mostMs, firstMs * 2 ** (failures - 1)) * (0.75 + random() * 0.25));
}
