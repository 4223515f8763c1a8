import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { arrayLiteral } from './array-literal.ts';

describe('an array literal', () => {
  it.each([
    [[]],
    [['a', '', 'NULL', ' b ', '{c}', 'd,e', 'f"g', 'h\\i', '"\\"', 'ü😀', "j'k", 'l\nm']],
    [['a', null, undefined, 'b']],
  ])('of strings is the one of node-postgres: %j', (values) => {
    const parse = pg.types.getTypeParser(1009 as never) as (literal: string) => string[];
    expect(parse(arrayLiteral(values)!)).toEqual(values.map((value) => value ?? null));
  });

  it('of numbers reads as these numbers', () => {
    expect(arrayLiteral([1, -2, 0.5, null])).toBe('{1,-2,0.5,NULL}');
  });

  it('is not written of anything else', () => {
    for (const value of [true, new Date(0), Buffer.from('a'), ['a'], {}])
      expect(arrayLiteral(['a', value])).toBeUndefined();
  });
});
