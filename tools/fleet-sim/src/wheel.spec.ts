import { describe, expect, it } from '@jest/globals';
import { Wheel } from './wheel.ts';

function due(wheel: Wheel, now: number): number[] {
  const items: number[] = [];
  wheel.turn(now, (item) => items.push(item));
  return items;
}

describe('the wheel', () => {
  it('calls an entry once, when its time has come and not before', () => {
    const wheel = new Wheel(1000, 10);
    wheel.schedule(1, 1055);
    expect(due(wheel, 1050)).toEqual([]);
    expect(due(wheel, 1060)).toEqual([1]);
    expect(due(wheel, 2000)).toEqual([]);
  });

  it('keeps an entry that lies more than a round ahead', () => {
    const wheel = new Wheel(0, 1);
    wheel.schedule(1, 4096 * 3 + 5);
    expect(due(wheel, 4096 * 3)).toEqual([]);
    expect(due(wheel, 4096 * 3 + 5)).toEqual([1]);
  });

  it('misses nothing when it was not turned for rounds', () => {
    const wheel = new Wheel(0, 1);
    for (const at of [1, 4000, 9000]) wheel.schedule(at, at);
    expect(due(wheel, 1_000_000).toSorted((a, b) => a - b)).toEqual([1, 4000, 9000]);
  });

  it('takes a time in the past for the next turn, and never for Infinity', () => {
    const wheel = new Wheel(1000, 10);
    wheel.schedule(1, 3);
    wheel.schedule(2, Infinity);
    expect(due(wheel, 1010)).toEqual([1]);
    expect(due(wheel, 10_000_000)).toEqual([]);
  });
});
