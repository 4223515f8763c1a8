import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { build, parse } from 'plist';
import { buildPlist, commandPlist, plistDictFragment } from './build.ts';
import { parsePlist } from './parse.ts';
import { PlistError } from './plist-error.ts';
import type { PlistInput } from './plist-value.ts';

// XML cannot hold these, except U+2028 and U+2029, which the oracle turns into line feeds as if this were XML 1.1.
// eslint-disable-next-line no-control-regex -- they are what is left out
const NOT_XML = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufffd-\uffff]/;
const text = fc.string({ unit: 'grapheme' }).filter((value) => !NOT_XML.test(value));
const leaf = fc.oneof(
  text,
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value)),
  fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => {
    return new Date(Math.floor(date.getTime() / 1000) * 1000);
  }),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
);
const value = fc.letrec<{ any: PlistInput }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('any'), { maxLength: 5 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      tie('any'),
      { maxKeys: 5 },
    ),
  ),
})).any;

/** Buffers as arrays of bytes, so that the oracle's Uint8Array compares equal. */
function plain(input: unknown): unknown {
  if (input instanceof Date) return input.toISOString();
  if (input instanceof Uint8Array) return { bytes: [...input] };
  if (Array.isArray(input)) return input.map(plain);
  if (typeof input === 'object' && input !== null) {
    return Object.fromEntries(Object.entries(input).map(([key, member]) => [key, plain(member)]));
  }
  return Object.is(input, -0) ? 0 : input;
}

describe('a value that was built', () => {
  it('is read back as it was', () => {
    fc.assert(fc.property(value, (input) => expect(plain(parsePlist(buildPlist(input)))).toEqual(plain(input))));
  });

  it('is read as the plist package reads it', () => {
    fc.assert(
      fc.property(value, (input) => {
        const document = build({ value: input } as never);
        expect(plain(parsePlist(document))).toEqual(plain(parse(document)));
      }),
    );
  });

  it('is read the same from bytes as from text', () => {
    fc.assert(
      fc.property(value, (input) => {
        const document = buildPlist(input);
        expect(parsePlist(Buffer.from(document))).toEqual(parsePlist(document));
      }),
    );
  });

  it('may not be a number that plists cannot hold', () => {
    for (const bad of [NaN, Infinity, 2 ** 53]) expect(() => buildPlist({ a: [bad] })).toThrow(RangeError);
    for (const bad of ['\0', 'a\u000bb', '\uffff']) expect(() => buildPlist({ a: bad })).toThrow(RangeError);
    expect(parsePlist(buildPlist(2n ** 63n))).toBe(2n ** 63n);
  });
});

describe('any text at all', () => {
  it('is read or refused with a PlistError', () => {
    const piece = fc.constantFrom(
      '<dict>',
      '</dict>',
      '<key>',
      '</key>',
      '<array>',
      '<string>',
      '</string>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '&amp;',
      '&',
      'x',
      ' ',
      '<',
      '>',
      '/',
      '<plist>',
      '</plist>',
      '<integer>1</integer>',
      '<true/>',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          parsePlist(`<plist>${pieces.join('')}</plist>`);
        } catch (error) {
          expect(error).toBeInstanceOf(PlistError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the reply that hands a command over', () => {
  it('holds the stored fragment and the CommandUUID', () => {
    const command = {
      RequestType: 'ScheduleOSUpdate',
      Updates: [{ ProductKey: 'a<b&c', InstallAction: 'Default' }],
    };
    const fragment = plistDictFragment(command);
    expect(fragment).toMatch(/^<dict>.*<\/dict>$/s);
    expect(parsePlist(commandPlist('uuid-<1>&', fragment))).toEqual({
      CommandUUID: 'uuid-<1>&',
      Command: command,
    });
  });

  it('leaves out keys without a value', () => {
    expect(parsePlist(buildPlist({ a: undefined, b: 1 }))).toEqual({ b: 1 });
  });
});
