import fc from 'fast-check';
import { differencesOf } from './differences.ts';
import { PolicySpec } from './policy.ts';
import { parseSpec, resourceOf } from './resource.ts';

const faults = (kind: 'Policy' | 'Window' | 'Group', given: object) => parseSpec(kind, given).faults;

describe('what administrators write', () => {
  it.each([
    ['windows.0.start', { windows: [{ start: '25:00' }] }],
    ['windows.0.strat', { windows: [{ strat: '01:00' }] }],
    ['instalAction', { instalAction: 'Default' }],
    ['pace.speed', { pace: { speed: 1 } }],
    ['byPlatform.iOS.installaction', { byPlatform: { iOS: { installaction: 'Default' } } }],
    ['target.kind', { target: { kind: 'latest' } }],
    ['target.maximum', { target: { kind: 'newest', maximum: '26' } }],
    ['deadline.daysAfterRelease', { deadline: { daysAfterRelease: 0 } }],
    ['resendAfterHours', { resendAfterHours: 25 }],
  ])('names %s of a policy', (path, given) => {
    expect(faults('Policy', { name: 'p', ...given })?.map((fault) => fault.path)).toEqual([path]);
  });

  it('shows the value that stands there', () => {
    expect(faults('Window', { name: 'w', zone: 'Mars/Olympus' })).toEqual([
      { path: 'zone', value: 'Mars/Olympus', message: expect.any(String) },
    ]);
  });

  it.each([
    [{ platfroms: ['macOS'] }, { path: 'platfroms', remedy: 'write platforms, or leave it out' }],
    [{ pace: { spreed: 0.5 } }, { path: 'pace.spreed', remedy: 'write spread, or leave it out' }],
    [{ schedule: 'daily' }, { path: 'schedule', remedy: 'leave it out' }],
    [{ platforms: ['MacOS'] }, { path: 'platforms.0', remedy: 'write macOS' }],
    [{ target: { kind: 'exact' } }, { path: 'target.version', message: 'is missing' }],
    [{ resendAfterHours: 48 }, { path: 'resendAfterHours', message: 'at most 24' }],
  ])('says what to do about %j', (given, fault) => {
    expect(faults('Policy', { name: 'p', ...given })).toEqual([expect.objectContaining(fault)]);
  });

  it('names many fields that there are not, some of them endless, in no time', () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`${'a'.repeat(2_000)}${n}`, n]));
    expect(faults('Policy', { name: 'p', ...many })).toHaveLength(10_000);
  });

  it('writes a resource that is read as the same spec', () => {
    const { spec } = parseSpec('Policy', {
      name: 'p',
      platforms: ['macOS'],
      pace: { devicesPerMinute: 5 },
      windows: ['nightly', { start: '12:00' }],
    }) as { spec: PolicySpec };
    const { kind, name, spec: own } = resourceOf('Policy', spec);
    expect(Object.keys(own)).toEqual(['platforms', 'windows', 'pace']);
    expect(parseSpec(kind, { ...own, name })).toEqual({ spec });
  });
});

describe('differences', () => {
  it('are told field by field, lists of texts item by item', () => {
    const before = { a: 1, list: ['x', 'y'], rings: [{ name: 'one', percent: 5 }] };
    const after = { b: 2, list: ['y', 'z'], rings: [{ name: 'one', percent: 6 }, { name: 'two' }] };
    expect(differencesOf(before, after)).toEqual([
      { path: 'a', before: 1 },
      { path: 'list', before: 'x' },
      { path: 'list', after: 'z' },
      { path: 'rings.0.percent', before: 5, after: 6 },
      { path: 'rings.1', after: { name: 'two' } },
      { path: 'b', after: 2 },
    ]);
  });

  it('are none exactly where two are alike', () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(json, json, (one, other) => {
        expect(differencesOf(one, structuredClone(one))).toEqual([]);
        const alike = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
        expect(differencesOf(one, other).length === 0).toBe(alike);
      }),
    );
  });
});

/** Members in one order. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
