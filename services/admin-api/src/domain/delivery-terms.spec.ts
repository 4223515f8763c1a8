import { describe, expect, it } from '@jest/globals';
import { statusText, verdictOf } from './delivery-terms.ts';

describe('the terms of webhook deliveries', () => {
  it('tell a refused event from a target in trouble', () => {
    expect([200, 202, 204].map(verdictOf)).toEqual(Array(3).fill('delivered'));
    expect([400, 413, 422].map(verdictOf)).toEqual(Array(3).fill('event-refused'));
    expect([301, 302, 401, 404, 429, 500, 503].map(verdictOf)).toEqual(Array(7).fill('target-failed'));
    expect(statusText(302)).toContain('not followed');
  });
});
