import { describe, expect, it } from '@jest/globals';
import { TokenBucket } from './token-bucket.ts';

describe('TokenBucket', () => {
  it('grants no more than its rate over a minute, after what was saved up', () => {
    const bucket = new TokenBucket(200, 0);
    let granted = 0;
    for (let now = 0; now <= 60_000; now += 1) granted += bucket.take(1000, now).granted;
    expect(granted).toBeLessThanOrEqual(200 * 60 + 40);
    expect(granted).toBeGreaterThan(200 * 59);
  });

  it('grants a chunk at a time, so that others get their turn', () => {
    expect(new TokenBucket(2000, 0).take(100_000, 0)).toEqual({ granted: 100, waitMs: 0 });
  });

  it('says how long to wait when it is empty', () => {
    const bucket = new TokenBucket(1, 0);
    expect(bucket.take(1, 0)).toEqual({ granted: 1, waitMs: 0 });
    expect(bucket.take(1, 400)).toEqual({ granted: 0, waitMs: 600 });
    expect(bucket.take(1, 1000)).toEqual({ granted: 1, waitMs: 0 });
  });

  it('does not run backwards with its clock', () => {
    const bucket = new TokenBucket(10, 1000);
    bucket.take(2, 1000);
    expect(bucket.take(1, 0).granted).toBe(1);
  });
});
