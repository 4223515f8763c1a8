import { describe, expect, it } from '@jest/globals';
import { parsePredicate, PredicateError } from './predicate.ts';

const STATUS: Record<string, unknown> = {
  'device.operating-system.version': '15.7.1',
  'device.model.family': 'Mac',
  'softwareupdate.install-state': 'none',
  'some.number': 3,
  'some.list': ['a', 'b'],
};
const values = {
  status: (name: string) => STATUS[name],
  property: (name: string) => (name === 'ring' ? 'pilot' : undefined),
};

describe('a predicate', () => {
  it.each([
    ['TRUEPREDICATE', true],
    ['FALSEPREDICATE', false],
    ["@status(device.operating-system.version) >= '15.0'", true],
    ["@status(device.operating-system.version) >= '15.10'", false],
    ['@status(device.operating-system.version) < 26', true],
    ['@status(device.operating-system.version) == 15.7.1', true],
    ["@status(device.operating-system.version) BEGINSWITH '15.'", true],
    ['@status(device.model.family) == "Mac" AND NOT @status(some.number) > 3', true],
    ["@status(device.model.family) == 'iPad' || (@status(some.number) = 3 && TRUEPREDICATE)", true],
    ["@status(device.model.family) IN {'iPad', 'Mac'}", true],
    ["@status(some.list) CONTAINS 'b'", true],
    ["@property(ring) ==[cd] 'pilot'", true],
    ["@property(other) == 'pilot'", false],
    ['@property(other) == NULL', true],
    ["@status(no.such.item) >= '1'", false],
    ["!(@status(device.model.family) != 'Mac')", true],
  ])('%s is %s', (text, expected) => {
    expect(parsePredicate(text)(values)).toBe(expected);
  });

  it.each([
    '',
    'ANY @status(x) == 1',
    "'open",
    '1 == ',
    '(TRUEPREDICATE',
    'TRUEPREDICATE FALSEPREDICATE',
    '1 ~ 2',
    `${'('.repeat(5000)}`,
  ])('%j is not understood', (text) => {
    expect(() => parsePredicate(text)).toThrow(PredicateError);
  });
});
