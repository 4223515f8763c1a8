import { parseStatusReport } from '@lamplighter/apple';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NOTHING_SAID, said, withoutBefore, withReport } from './ddm-state.ts';
import type { DdmState } from './ddm-state.ts';

interface Told {
  at: number;
  report: { StatusItems: Record<string, unknown>; FullReport?: boolean; Errors?: unknown[] };
}

const after = (told: readonly Told[], from: DdmState = NOTHING_SAID): DdmState =>
  told.reduce((state, { at, report }) => withReport(state, parseStatusReport(JSON.stringify(report)), at), from);

const NAMES = [
  'softwareupdate.install-state',
  'softwareupdate.failure-reason',
  'device.operating-system.version',
  'mdm.app',
  'new.thing',
];

const member = fc.record({ identifier: fc.constantFrom('a', 'b'), _removed: fc.boolean(), n: fc.nat(9) });
const value = fc.oneof(
  fc.constantFrom('x', 'y', 'z'),
  fc.record({ count: fc.nat(3) }),
  fc.array(member, { maxLength: 3 }),
);
const report = fc.record(
  {
    StatusItems: fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 4 }),
    FullReport: fc.boolean(),
    Errors: fc.array(fc.record({ StatusItem: fc.constantFrom(...NAMES), Reasons: fc.constant([{ Code: 'Error' }]) })),
  },
  { requiredKeys: ['StatusItems'] },
);
/** Each of an instant of its own, in their order. */
const reports = fc
  .array(report, { minLength: 1, maxLength: 8 })
  .map((all): Told[] => all.map((one, index) => ({ at: 1000 + index, report: one })));

describe('what a device has said', () => {
  it('is the same in whatever order and however often its reports arrive', () => {
    const cases = reports.chain((all) =>
      fc.record({ all: fc.constant(all), arrived: fc.shuffledSubarray([...all, ...all, ...all], { minLength: 0 }) }),
    );
    fc.assert(
      fc.property(cases, ({ all, arrived }) => {
        expect(after([...arrived, ...all.toReversed()])).toEqual(after(all));
      }),
    );
  });

  it('is the newest word about each item, and after a full report nothing from before it', () => {
    fc.assert(
      fc.property(reports, (all) => {
        const expected = new Map<string, unknown>();
        for (const { report: one } of all) {
          const { items, isFull } = parseStatusReport(JSON.stringify(one));
          if (isFull) expected.clear();
          for (const [name, what] of items) expected.set(name, what);
        }
        const state = after(all);
        const names = new Set([...expected.keys(), ...Object.keys(state.items)]);
        for (const name of names) expect(said(state, name)).toEqual(expected.get(name));
      }),
    );
  });

  it('of an earlier enrollment is forgotten', () => {
    const state = after([
      { at: 10, report: { StatusItems: { 'device.model.family': 'Mac' }, FullReport: true } },
      { at: 30, report: { StatusItems: { 'softwareupdate.install-state': 'none' } } },
    ]);
    const anew = withoutBefore(state, 20);
    expect(said(anew, 'device.model.family')).toBeUndefined();
    expect(said(anew, 'softwareupdate.install-state')).toBe('none');
  });

  it('is bounded, and what decides something is kept before all else', () => {
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`a${n}`, n]));
    const state = after([
      {
        at: 1,
        report: { StatusItems: { ...many, 'z.endless': 'x'.repeat(10_000), 'softwareupdate.install-state': 'none' } },
      },
    ]);
    expect(Object.keys(state.items)).toHaveLength(500);
    expect(said(state, 'softwareupdate.install-state')).toBe('none');
    expect(said(state, 'z.endless')).toBeUndefined();
  });

  it('is bounded over any number of reports', () => {
    const Errors = [{ StatusItem: 'e'.repeat(5000), Reasons: Array(50).fill({ Code: 'c'.repeat(5000) }) }];
    const told = Array.from({ length: 120 }, (_, n): Told => {
      const many = Array.from({ length: 5 }, (_one, m) => [`softwareupdate.new-${n}-${m}`, 'x'.repeat(2_000)] as const);
      const long = { [`device.new-${n}`]: 'y'.repeat(10_000), 'management.declarations': ['z'.repeat(120_000)] };
      return { at: n, report: { StatusItems: { ...Object.fromEntries(many), ...long }, Errors } };
    });
    expect(JSON.stringify(after(told)).length).toBeLessThan(1_500_000);
  });
});
