import { PolicySpec } from '@lamplighter/contracts';
import fc from 'fast-check';
import { paceOf } from './pace.ts';

const spec = (devicesPerMinute: number, spread: number) =>
  PolicySpec.parse({ name: 'p', pace: { devicesPerMinute, spread } });
const HOUR = 3_600_000;

describe('the pace', () => {
  it('spreads a fleet over its share of the time left', () => {
    const { waveSize, waveEveryMs } = paceOf(spec(60_000, 0.5), 60_000, 2 * HOUR);
    expect(waveSize).toBe(1_000);
    expect((60_000 / waveSize) * waveEveryMs).toBe(HOUR);
  });

  it('goes at the full budget where nothing is to be spread', () => {
    expect(paceOf(spec(600, 0), 5, HOUR)).toEqual({ waveSize: 600, waveEveryMs: 60_000 });
  });

  it('never exceeds the budget of devices per minute, nor 1,000 devices a wave', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 2_000_000 }),
        (budget, spread, devices) => {
          const { waveSize, waveEveryMs } = paceOf(spec(budget, spread), devices, 3 * HOUR);
          expect(waveSize).toBeGreaterThan(0);
          expect(waveSize).toBeLessThanOrEqual(1_000);
          expect((waveSize / waveEveryMs) * 60_000).toBeLessThanOrEqual(budget * 1.000001);
        },
      ),
    );
  });
});
