import { expect, it } from '@jest/globals';
import { Resting } from './resting.ts';

it('what failed rests, ever longer, until it goes again', () => {
  const resting = new Resting({ firstMs: 100, mostMs: 1_000 });
  expect(resting.add('a', 0)).toBeLessThanOrEqual(100);
  expect([resting.ids(50), resting.ids(101)]).toEqual([['a'], []]);
  const rests = [1, 2, 3, 4, 5].map(() => resting.add('a', 0));
  expect(rests[0]).toBeGreaterThan(100);
  expect(rests[4]).toBeGreaterThanOrEqual(750);
  expect(rests[4]).toBeLessThanOrEqual(1_000);
  resting.clear('a');
  expect(resting.ids(0)).toEqual([]);
  expect(resting.add('a', 0)).toBeLessThanOrEqual(100);
});
