import { describe, expect, it } from '@jest/globals';
import { paceOf } from './progress.ts';

const START = new Date('2026-11-20T02:00:00Z');
const after = (minutes: number): Date => new Date(START.getTime() + minutes * 60_000);
const nothing = { perMinute: null, predictedFinishAt: null };

describe('the pace of a rollout', () => {
  it('has no figure before a wave went out, or before a device is done', () => {
    expect(paceOf({ recent: 5, done: 5, released: 5, left: 1 }, null, START)).toEqual(nothing);
    expect(paceOf({ recent: 0, done: 0, released: 50, left: 100 }, START, after(5))).toEqual(nothing);
  });

  it('is that of the last twenty minutes, or of the time since the first wave', () => {
    expect(paceOf({ recent: 50, done: 50, released: 100, left: 50 }, START, after(10)).perMinute).toBe(5);
    expect(paceOf({ recent: 100, done: 900, released: 1000, left: 100 }, START, after(90))).toEqual({
      perMinute: 5,
      predictedFinishAt: after(110),
    });
  });

  it('predicts no finish from a handful, from a standstill, or when nothing is left', () => {
    expect(paceOf({ recent: 4, done: 4, released: 100, left: 100 }, START, after(10)).predictedFinishAt).toBeNull();
    expect(paceOf({ recent: 0, done: 90, released: 100, left: 10 }, START, after(60)).predictedFinishAt).toBeNull();
    expect(paceOf({ recent: 9, done: 100, released: 100, left: 0 }, START, after(60)).predictedFinishAt).toBeNull();
  });
});
