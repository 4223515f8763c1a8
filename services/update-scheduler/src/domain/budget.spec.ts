import fc from 'fast-check';
import { burstOf, refilled } from './budget.ts';

const at = (ms: number) => new Date(Date.parse('2026-11-22T02:00:00Z') + ms);

describe('the budget of first commands', () => {
  it('fills up with time, to ten seconds’ worth at most', () => {
    expect(refilled({ tokens: 0, refilledAt: at(0) }, 60_000, at(1_000))).toBe(1_000);
    expect(refilled({ tokens: 0, refilledAt: at(0) }, 60_000, at(3_600_000))).toBe(10_000);
    expect(refilled({ tokens: -500, refilledAt: at(0) }, 60_000, at(500))).toBe(0);
  });

  it('always has room for a wave, and loses nothing to a clock that goes back', () => {
    expect(burstOf(60)).toBe(1_000);
    expect(refilled({ tokens: 5, refilledAt: at(10_000) }, 60_000, at(0))).toBe(5);
  });

  it('never lets more go in a minute than the budget, a burst and a wave', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 1_000_000 }),
        fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 300 }),
        (perMinute, waves) => {
          let budget = { tokens: burstOf(perMinute), refilledAt: at(0) };
          let gone = 0;
          for (const [index, wave] of waves.entries()) {
            const now = at((60_000 / waves.length) * index);
            const tokens = refilled(budget, perMinute, now);
            if (tokens <= 0) continue;
            budget = { tokens: tokens - wave, refilledAt: now };
            gone += wave;
          }
          expect(gone).toBeLessThanOrEqual(perMinute + burstOf(perMinute) + 1_000);
        },
      ),
      { seed: 3 },
    );
  });
});
