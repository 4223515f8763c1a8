import { HealthGateSpec } from '@lamplighter/contracts';
import fc from 'fast-check';
import { type Health, sumOf, verdictOf } from './health-gate.ts';

const gate = HealthGateSpec.parse({});
const health = (input: Partial<Health>): Health => ({
  devices: 100,
  sent: 100,
  installed: 0,
  failed: 0,
  notNow: 0,
  silent: 0,
  ...input,
});

describe('the health gate', () => {
  it('lets the next ring go while the rates are within their limits, the limits included', () => {
    expect(verdictOf(gate, health({ failed: 5, notNow: 50, silent: 2 }))).toBeUndefined();
  });

  it('names the rate that halts, with its share and the limit', () => {
    expect(verdictOf(gate, health({ failed: 6 }))).toMatchObject({ reason: 'failure-rate', rate: 0.06, limit: 0.05 });
    expect(verdictOf(gate, health({ notNow: 51 }))).toMatchObject({ reason: 'not-now-rate', sample: 100 });
    const { detail } = verdictOf(gate, health({ silent: 3 }))!;
    expect(detail).toBe(
      '3 of 100 devices of the rings before it are silent since the installation: 3 %, and 2 % are allowed.',
    );
  });

  it('decides nothing on fewer devices than its sample', () => {
    expect(verdictOf(gate, health({ sent: 19, failed: 19 }))).toBeUndefined();
    expect(verdictOf(gate, health({ sent: 20, failed: 20 }))).toBeDefined();
  });

  it('never lets go what is worse than something that it halts', () => {
    const counts = fc.record({ failed: fc.nat(100), notNow: fc.nat(100), silent: fc.nat(100) });
    fc.assert(
      fc.property(counts, counts, (some, more) => {
        const worse = {
          failed: some.failed + more.failed,
          notNow: some.notNow + more.notNow,
          silent: some.silent + more.silent,
        };
        if (verdictOf(gate, health(some))) expect(verdictOf(gate, health(worse))).toBeDefined();
      }),
      { seed: 5 },
    );
  });

  it('judges several rings as one', () => {
    expect(sumOf([health({ failed: 1 }), health({ failed: 2 })])).toMatchObject({ devices: 200, sent: 200, failed: 3 });
    expect(sumOf([])).toMatchObject({ devices: 0, sent: 0 });
  });
});
