import { describe, expect, it } from '@jest/globals';
import { isDict, parsePlist, validateCommand } from '@lamplighter/apple';
import type { Fields, Kind } from './fields.ts';
import { readCommandRequest } from './command-request.ts';
import { requestTypes } from './request-types.ts';

/** A value of each kind. */
function sample(kind: Kind): unknown {
  if (typeof kind !== 'string') return kind.list ? [sampleOf(kind.fields)] : sampleOf(kind.fields);
  const plist = Buffer.from('<plist version="1.0"><dict><key>K</key><string>v</string></dict></plist>');
  const samples: Record<Extract<Kind, string>, unknown> = {
    text: 'text',
    'new-password': '',
    integer: 1,
    flag: true,
    data: 'AAEC',
    texts: ['text'],
    datas: ['AAEC'],
    any: { Key: 'value' },
    plist: plist.toString('base64'),
  };
  return samples[kind];
}

function sampleOf(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, [, kind]]) => [name, sample(kind)]));
}

describe("MicroMDM's request types", () => {
  it.each([...requestTypes])(
    "%s becomes a command whose keys have the types of Apple's schema",
    (requestType, fields) => {
      const request = { udid: 'X', request_type: requestType, ...sampleOf(fields) };
      const { command, echo } = readCommandRequest(Buffer.from(JSON.stringify(request)));
      expect(Object.keys(echo)).toEqual(['request_type', ...Object.keys(fields)]);
      const dict = parsePlist(`<plist version="1.0">${command}</plist>`);
      if (!isDict(dict)) throw new Error('no dictionary');
      const keys = new Set(Object.values(fields).map(([key]) => key));
      expect(new Set(Object.keys(dict))).toEqual(new Set(['RequestType', ...keys]));
      // The values are made up, so only types and missing keys count.
      const faults = validateCommand(dict).filter(({ message }) => /^is (no |missing)/.test(message));
      expect(faults).toEqual([]);
    },
  );
});
