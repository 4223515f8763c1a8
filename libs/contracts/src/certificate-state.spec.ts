import { describe, expect, it } from '@jest/globals';
import { certificateState, daysLeft, warningStep } from './certificate-state.ts';

const now = new Date('2026-11-20T02:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);

describe('a certificate', () => {
  it.each([
    [31, undefined, 'valid'],
    [30, 30, 'expires-soon'],
    [14.5, 30, 'expires-soon'],
    [14, 14, 'expires-soon'],
    [6.9, 7, 'expires-soon'],
    [0.5, 1, 'expires-soon'],
    [0, 0, 'expired'],
    [-3, 0, 'expired'],
  ])('with %d days left is at warning %s: %s', (days, step, state) => {
    expect(warningStep(inDays(days), now)).toBe(step);
    expect(certificateState(inDays(days), now, false)).toBe(state);
    expect(daysLeft(inDays(days), now)).toBe(Math.floor(days));
  });

  it('that APNs refuses says so, unless it has ended', () => {
    expect(certificateState(inDays(100), now, true)).toBe('refused');
    expect(certificateState(inDays(-1), now, true)).toBe('expired');
  });
});
