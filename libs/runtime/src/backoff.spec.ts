import { describe, expect, it } from '@jest/globals';
import { backoffMs } from './backoff.ts';

const backoff = { firstMs: 2_000, mostMs: 30 * 60_000 };
const waits = (random: number) => [1, 2, 3, 10, 11, 1_000, 5_000].map((n) => backoffMs(n, backoff, () => random));

describe('backoffMs', () => {
  it('doubles from the first wait up to the longest, however often it failed', () => {
    expect(waits(1)).toEqual([2_000, 4_000, 8_000, 1_024_000, 1_800_000, 1_800_000, 1_800_000]);
  });

  it('takes up to a quarter off', () => {
    expect(waits(0)).toEqual([1_500, 3_000, 6_000, 768_000, 1_350_000, 1_350_000, 1_350_000]);
  });
});
