import { ageMs, Condition, GroupSpec } from './group.ts';

describe('a condition of a group', () => {
  it.each([
    [{ fact: 'osVersion', operator: 'below', value: '15.7.1' }],
    [{ fact: 'osVersion', operator: 'like', value: '11*' }],
    [{ fact: 'platform', operator: 'in', value: ['macOS', 'iOS'] }],
    [{ fact: 'isSupervised', operator: 'equals', value: true }],
    [{ fact: 'batteryLevel', operator: 'atLeast', value: 0.2 }],
    [{ fact: 'lastSeenAt', operator: 'olderThan', value: '14d' }],
    [{ fact: 'timeZone', operator: 'isUnknown' }],
  ])('is taken in: %j', (condition) => {
    expect(Condition.parse(condition)).toEqual(condition);
  });

  it.each([
    [{ fact: 'osVersion', operator: 'below', value: '15.x' }, 'value', '"15.x": give an OS version such as "15.7.1"'],
    [
      { fact: 'deviceName', operator: 'below', value: 'x' },
      'operator',
      '"below" does not fit deviceName, which is a text',
    ],
    [{ fact: 'platform', operator: 'equals', value: 'Mac' }, 'value', 'a platform is one of macOS, iOS'],
    [{ fact: 'platform', operator: 'in', value: 'macOS' }, 'value', '"in" takes a list of values'],
    [
      { fact: 'isSupervised', operator: 'equals', value: 'true' },
      'value',
      'give true or false, without quotation marks',
    ],
    [{ fact: 'batteryLevel', operator: 'below', value: 20 }, 'value', '20: give a number from 0 to 1'],
    [
      { fact: 'lastSeenAt', operator: 'olderThan', value: '2 weeks' },
      'value',
      'give an age such as "30m", "12h" or "14d"',
    ],
    [{ fact: 'timeZone', operator: 'isUnknown', value: 'UTC' }, 'value', 'takes no value, leave it out'],
    [{ fact: 'timeZone', operator: 'equals' }, 'value', 'no value: give a text'],
  ])('is refused with the field, the value and the remedy: %j', (condition, field, message) => {
    const { error } = GroupSpec.safeParse({ name: 'g', any: [{ all: [condition] }] });
    expect(error?.issues).toHaveLength(1);
    expect(error?.issues[0]?.path.join('.')).toBe(`any.0.all.0.${field}`);
    expect(error?.issues[0]?.message).toContain(message);
  });

  it('of no rule at all is none: a rule has at least one condition', () => {
    expect(GroupSpec.safeParse({ name: 'g', any: [{ all: [] }] }).success).toBe(false);
    expect(GroupSpec.parse({ name: 'g' })).toEqual({ name: 'g', any: [], devices: [], excludedDevices: [] });
  });
});

it('ages are minutes, hours and days', () => {
  expect([ageMs('30m'), ageMs('12h'), ageMs('14d')]).toEqual([1_800_000, 43_200_000, 1_209_600_000]);
});
