import { describe, expect, it } from '@jest/globals';
import { pauseMs, retryMs, statusText, verdictOf } from './delivery-terms.ts';

describe('the terms of webhook deliveries', () => {
  it('try an event again after two seconds, doubling up to half an hour', () => {
    expect([1, 2, 3, 10, 11, 12, 1_000].map((attempts) => retryMs(attempts, 1))).toEqual([
      2_000, 4_000, 8_000, 1_024_000, 1_800_000, 1_800_000, 1_800_000,
    ]);
    expect(retryMs(1, 0)).toBe(1_500);
  });

  it('leave a target that fails alone for up to a minute', () => {
    expect([1, 2, 6, 7, 50].map((failures) => pauseMs(failures, 1))).toEqual([1_000, 2_000, 32_000, 60_000, 60_000]);
  });

  it('tell a refused event from a target in trouble', () => {
    expect([200, 202, 204].map(verdictOf)).toEqual(Array(3).fill('delivered'));
    expect([400, 413, 422].map(verdictOf)).toEqual(Array(3).fill('event-refused'));
    expect([301, 302, 401, 404, 429, 500, 503].map(verdictOf)).toEqual(Array(7).fill('target-failed'));
    expect(statusText(302)).toContain('not followed');
  });
});
