import { z } from 'zod';
import { nearest, wordsOf } from './fault-words.ts';

describe('what is wrong with a field is said for administrators', () => {
  it.each<[string, z.ZodType, unknown, string, string?]>([
    ['a word that is nearly right', z.enum(['macOS', 'iOS']), 'MacOS', 'is one of macOS, iOS', 'write macOS'],
    ['another word', z.enum(['macOS', 'iOS']), 'Windows', 'is one of macOS, iOS'],
    ['no word', z.enum(['macOS', 'iOS']), undefined, 'is missing: is one of macOS, iOS'],
    ['nothing', z.string(), undefined, 'is missing'],
    ['nothing, of a field with words of its own', z.string({ error: 'in quotation marks' }), undefined, 'is missing'],
    ['a field with words of its own', z.string({ error: 'in quotation marks' }), 15, 'in quotation marks'],
    ['a single entry', z.array(z.string()), 'macOS', 'a list is to stand here', 'write [macOS]'],
    ['no entry', z.array(z.string()).min(1), [], 'at least 1 entry'],
    ['too much', z.int().max(24), 48, 'at most 24'],
    ['nothing where something must be', z.number().gt(0), 0, 'more than 0'],
    ['a long text', z.string().max(3), 'abcd', 'at most 3 characters'],
    ['half of a day', z.int(), 1.5, 'a whole number is to stand here'],
    [
      'a number with its unit',
      z.int(),
      '4 h',
      'a number is to stand here',
      'write it without quotation marks and unit',
    ],
    ['yes', z.boolean(), 'yes', 'true or false is to stand here', 'write it without quotation marks'],
    ['a day that there is not', z.iso.date(), '2026-02-30', 'there is no such day', 'write a date such as 2026-12-24'],
  ])('%s', (...[, schema, value, message, remedy]) => {
    const [issue] = schema.safeParse(value).error!.issues;
    expect(wordsOf(issue!, value)).toEqual(remedy === undefined ? { message } : { message, remedy });
  });

  it('a slip of the pen finds its word, and another word none', () => {
    const fields = ['platforms', 'precedence', 'windows'];
    expect(nearest('platfroms', fields)).toBe('platforms');
    expect(nearest('Windows', fields)).toBe('windows');
    expect(nearest('schedule', fields)).toBeUndefined();
    expect(nearest('windows', fields)).toBeUndefined();
  });
});
