import {
  PolicyAction,
  Platform,
  type PolicyInput,
  PolicySpec,
  valueAt,
  Weekday,
  WindowSpec,
} from '@lamplighter/contracts';
import fc from 'fast-check';
import { faultsOfPolicy } from './faults.ts';
import { overlap } from './windows.ts';

const known = {
  groups: new Set(['pilots', 'kiosks']),
  windows: { nightly: WindowSpec.parse({}), noon: WindowSpec.parse({ start: '12:00', lengthMinutes: 60 }) },
  today: '2026-11-22',
};
const judged = (input: Partial<PolicyInput>) => faultsOfPolicy(PolicySpec.parse({ name: 'p', ...input }), known);
const paths = (faults: { path: string }[]) => faults.map(({ path }) => path);
const macs = { platforms: ['macOS'] } satisfies Partial<PolicyInput>;

describe('a policy as a whole', () => {
  it('has nothing against the defaults', () => {
    expect(judged({})).toEqual({ faults: [], warnings: [] });
  });

  it('names field, value and remedy', () => {
    expect(judged({ installAction: 'InstallLater' }).faults).toEqual([
      {
        path: 'installAction',
        value: 'InstallLater',
        message: 'InstallLater is of macOS only: iOS, iPadOS, tvOS take Default, InstallASAP or DownloadOnly',
        remedy: 'move it to byPlatform.macOS.installAction, or take iOS, iPadOS, tvOS out of platforms',
      },
    ]);
  });

  it.each<[string, Partial<PolicyInput>]>([
    ['installAction', { installAction: 'NotifyOnly' }],
    ['installAction', { installAction: 'InstallForceRestart', platforms: ['macOS', 'visionOS'] }],
    ['byPlatform.iOS.installAction', { byPlatform: { iOS: { installAction: 'InstallForceRestart' } } }],
    ['byPlatform.visionOS', { byPlatform: { visionOS: { installAction: 'Default' } } }],
    ['updatePriority', { updatePriority: 'High' }],
    ['byPlatform.tvOS.updatePriority', { byPlatform: { tvOS: { updatePriority: 'Low' } } }],
    ['maxUserDeferrals', { ...macs, maxUserDeferrals: 3 }],
    [
      'maxUserDeferrals',
      {
        ...macs,
        installAction: 'InstallLater',
        byPlatform: { macOS: { installAction: 'Default' } },
        maxUserDeferrals: 3,
      },
    ],
    ['byPlatform.iOS.maxUserDeferrals', { byPlatform: { iOS: { maxUserDeferrals: 1 } } }],
    ['target.version', { target: { kind: 'exact', version: '18.6' } }],
    ['target.version', { platforms: ['iOS'], target: { kind: 'exact', version: '19.0' } }],
    ['byPlatform.macOS.target.version', { byPlatform: { macOS: { target: { kind: 'exact', version: '20.1' } } } }],
    ['target.build', { ...macs, target: { kind: 'exact', version: '15.7.1', build: 'nonsense' } }],
    ['target.version', { target: { kind: 'minimum', version: '26.2', maximumVersion: '26.1.9' } }],
    ['windows.0', { windows: ['nigthly'] }],
    ['windows.1', { windows: ['nightly', 'nightly'] }],
    ['windows.1', { windows: ['nightly', { start: '05:59' }] }],
    [
      'windows.1',
      {
        windows: [
          { days: ['mon'], start: '00:30' },
          { days: ['sun'], start: '23:00' },
        ],
      },
    ],
    [
      'blackouts.1.to',
      {
        blackouts: [
          { from: '2026-12-24', to: '2026-12-24' },
          { from: '2026-12-31', to: '2026-01-02' },
        ],
      },
    ],
    ['windows.0.blackouts.0.to', { windows: [{ blackouts: [{ from: '2026-12-31', to: '2026-01-02' }] }] }],
    ['assignment.groups.1', { assignment: { groups: ['pilots', 'pilot'] } }],
    ['assignment.excludedGroups.0', { assignment: { excludedGroups: ['x'] } }],
    ['rings.0.groups.0', { rings: [{ name: 'first', groups: ['x'] }, { name: 'rest' }] }],
    ['rings.0.groups', { rings: [{ name: 'first', groups: [] }, { name: 'rest' }] }],
    ['rings.1.name', { rings: [{ name: 'a', percent: 5 }, { name: 'a' }] }],
    ['rings.0.name', { rings: [{ name: 'rest' }, { name: 'late', percent: 5 }] }],
    ['rings.0.percent', { rings: [{ name: 'all', percent: 100 }, { name: 'rest' }] }],
    [
      'rings.1.afterDays',
      {
        rings: [
          { name: 'a', percent: 5, afterDays: 3 },
          { name: 'b', afterDays: 2 },
        ],
      },
    ],
    [
      'deadline.daysAfterRelease',
      {
        deadline: { daysAfterRelease: 7 },
        rings: [
          { name: 'a', percent: 5 },
          { name: 'b', afterDays: 7 },
        ],
      },
    ],
    [
      'deadline.daysAfterRelease',
      { deadline: { daysAfterRelease: 7 }, target: { kind: 'newest', daysAfterRelease: 7 } },
    ],
  ])('refuses %s of %j', (path, input) => {
    const { faults } = judged(input);
    expect(paths(faults)).toEqual([path]);
    expect(faults[0]).toMatchObject({ message: expect.any(String), remedy: expect.any(String) });
  });

  it.each<[string, Partial<PolicyInput>]>([
    [
      'deferrals of Macs alone',
      {
        byPlatform: { macOS: { installAction: 'InstallLater', maxUserDeferrals: 3, target: { kind: 'newest-minor' } } },
      },
    ],
    [
      'a priority of Macs alone',
      { byPlatform: { macOS: { updatePriority: 'High', target: { kind: 'newest-minor' } } } },
    ],
    ['a maximum of 26 where tvOS still is on 18', { target: { kind: 'newest', maximumVersion: '26' } }],
    ['one version for all since 26', { target: { kind: 'exact', version: '26.1' } }],
    ['a minimum within the maximum', { target: { kind: 'minimum', version: '26.1', maximumVersion: '26' } }],
    ['windows one after the other', { windows: ['nightly', { start: '06:00', lengthMinutes: 60 }, 'noon'] }],
    ['a window of whole days', { windows: [{ start: '00:00', lengthMinutes: 1440 }] }],
    [
      'settings that Apple knows',
      { settings: { Deferrals: { MajorPeriodInDays: 30 }, Beta: { ProgramEnrollment: 'AlwaysOff' } } },
    ],
    [
      'rings from different beginnings',
      { rings: [{ name: 'a', percent: 5, afterDays: 9, from: 'release' }, { name: 'b' }] },
    ],
    [
      'a deadline after the last ring',
      {
        deadline: { daysAfterRelease: 8 },
        rings: [
          { name: 'a', groups: ['pilots'] },
          { name: 'b', afterDays: 7 },
        ],
      },
    ],
  ])('has nothing against %s', (_what, input) => {
    expect(judged(input)).toEqual({ faults: [], warnings: [] });
  });

  it.each<[string, Partial<PolicyInput>]>([
    ['installAction', { ...macs, installAction: 'InstallLater' }],
    ['byPlatform.macOS.updatePriority', { byPlatform: { macOS: { updatePriority: 'High' } } }],
    [
      'byPlatform.macOS.maxUserDeferrals',
      {
        ...macs,
        installAction: 'InstallLater',
        byPlatform: { macOS: { maxUserDeferrals: 2, target: { kind: 'exact', version: '26.1' } } },
      },
    ],
    ['target.maximumVersion', { target: { kind: 'newest', maximumVersion: '15.99.99' } }],
    ['target.build', { target: { kind: 'exact', version: '26.1', build: '25B78' } }],
    ['windows.1', { windows: [{ zone: 'UTC' }, { zone: 'Europe/Zurich' }] }],
    ['blackouts', { emergency: true, blackouts: [{ from: '2026-12-24', to: '2026-12-26' }] }],
    ['rings', { emergency: true, rings: [{ name: 'a', percent: 1 }, { name: 'b' }] }],
    ['target.daysAfterRelease', { emergency: true, target: { kind: 'newest', daysAfterRelease: 3 } }],
    [
      'rings.1',
      {
        rings: [
          { name: 'a', percent: 1 },
          { name: 'b', percent: 10 },
        ],
      },
    ],
    ['healthGate', { healthGate: {} }],
    ['deadline.date', { deadline: { date: '2026-11-21' } }],
    ['settings.Deferals', { settings: { Deferals: { MajorPeriodInDays: 30 } } }],
    ['settings.Deferrals.MajorPeriod', { settings: { Notifications: false, Deferrals: { MajorPeriod: 30 } } }],
    ['assignment.devices.1', { assignment: { devices: ['A', 'B'], excludedDevices: ['B'] } }],
  ])('takes it, and says what becomes of %s of %j', (path, input) => {
    const { faults, warnings } = judged(input);
    expect(faults).toEqual([]);
    expect(paths(warnings)).toContain(path);
  });

  it('says of every fault what stands at its path', () => {
    fc.assert(
      fc.property(anyPolicy, (spec) => {
        const { faults, warnings } = faultsOfPolicy(spec, known);
        for (const { path, value } of [...faults, ...warnings]) {
          const there = valueAt(spec, path.split('.'));
          expect(there).toBeDefined();
          if (JSON.stringify(there).length <= 200) expect(value).toEqual(there);
        }
      }),
    );
  });

  it('never lets an action through that a platform has not', () => {
    fc.assert(
      fc.property(anyPolicy, (spec) => {
        const sends = spec.platforms.some(
          (platform) =>
            platform !== 'macOS' &&
            ['InstallLater', 'NotifyOnly', 'InstallForceRestart'].includes(
              spec.byPlatform[platform]?.installAction ?? spec.installAction,
            ),
        );
        const refused = paths(faultsOfPolicy(spec, known).faults).some((path) => path.endsWith('installAction'));
        expect(refused).toBe(sends);
      }),
    );
  });

  it('finds windows that overlap as counting minutes does', () => {
    fc.assert(
      fc.property(anyWindow, anyWindow, (one, other) => {
        const open = minutesOf(one);
        const both = [...minutesOf(other)].some((minute) => open.has(minute));
        expect(overlap(one, other)).toBe(both);
        expect(overlap(other, one)).toBe(both);
      }),
      { numRuns: 200 },
    );
  });
});

function minutesOf({ days, start, lengthMinutes }: WindowSpec): Set<number> {
  const [hours = 0, minutes = 0] = start.split(':').map(Number);
  const begins = days.map((day) => (Weekday.options.indexOf(day) * 24 + hours) * 60 + minutes);
  return new Set(begins.flatMap((begin) => Array.from({ length: lengthMinutes }, (_, at) => (begin + at) % 10_080)));
}

const clock = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }));
const anyWindow = fc
  .record({
    days: fc.subarray([...Weekday.options], { minLength: 1, maxLength: 3 }),
    start: clock.map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':')),
    lengthMinutes: fc.integer({ min: 31, max: 1440 }),
    zone: fc.constantFrom('device', 'UTC'),
  })
  .map((input) => WindowSpec.parse(input));
const day = fc.integer({ min: 1, max: 28 }).map((number) => `2026-11-${String(number).padStart(2, '0')}`);
const version = fc.constantFrom('12.0', '15.7.1', '18.6', '20.1', '26', '26.1');
const target = fc.oneof(
  fc.record({ kind: fc.constantFrom('newest', 'newest-minor'), maximumVersion: version }, { requiredKeys: ['kind'] }),
  fc.record({ kind: fc.constant('exact'), version }),
  fc.record({ kind: fc.constant('minimum'), version, maximumVersion: version }, { requiredKeys: ['kind', 'version'] }),
);
const terms = {
  target,
  installAction: fc.constantFrom(...PolicyAction.options),
  maxUserDeferrals: fc.integer({ min: 0, max: 9 }),
  updatePriority: fc.constantFrom('Low', 'High'),
};
const group = fc.array(fc.constantFrom('pilots', 'kiosks', 'nobody'), { maxLength: 3 });
const anyPolicy = fc
  .record(
    {
      name: fc.constant('p'),
      platforms: fc.subarray([...Platform.options], { minLength: 1 }),
      ...terms,
      byPlatform: fc.dictionary(fc.constantFrom(...Platform.options), fc.record(terms, { requiredKeys: [] })),
      windows: fc.array(fc.oneof(anyWindow, fc.constantFrom('nightly', 'noon', 'other')), {
        minLength: 1,
        maxLength: 3,
      }),
      blackouts: fc.array(fc.record({ from: day, to: day }), { maxLength: 2 }),
      assignment: fc.record({ groups: group, excludedGroups: group }),
      rings: fc.array(
        fc.record(
          {
            name: fc.constantFrom('a', 'b', 'c'),
            afterDays: fc.integer({ min: 0, max: 9 }),
            groups: group,
            percent: fc.constantFrom(1, 50, 100),
          },
          { requiredKeys: ['name'] },
        ),
        { maxLength: 3 },
      ),
      deadline: fc.oneof(
        day.map((date) => ({ date })),
        fc.integer({ min: 1, max: 9 }).map((daysAfterRelease) => ({ daysAfterRelease })),
      ),
      emergency: fc.boolean(),
    },
    { requiredKeys: ['name', 'platforms', 'installAction'] },
  )
  .map((input) => PolicySpec.parse(input));
