import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FIXTURE_TOPIC, FIXTURE_UDID, tokenUpdateFixture } from '../fixtures/messages.ts';
import { buildPlist } from '../plist/build.ts';
import { parsePlist } from '../plist/parse.ts';
import type { PlistInput } from '../plist/plist-value.ts';
import { redactCheckin } from './redact-checkin.ts';

const redacted = (xml: string | Buffer) => redactCheckin(parsePlist(xml));

describe('redactCheckin', () => {
  it('leaves the secrets out and everything else in', () => {
    const more = { UnlockToken: Buffer.from('SECRET'), AuthToken: 'SECRET', Future: { a: [1, true, 'b'] } };
    expect(parsePlist(redacted(tokenUpdateFixture(FIXTURE_UDID, more)))).toEqual({
      MessageType: 'TokenUpdate',
      Topic: FIXTURE_TOPIC,
      UDID: FIXTURE_UDID,
      AwaitingConfiguration: false,
      Future: { a: [1, true, 'b'] },
    });
    for (const key of ['BootstrapToken', 'DigestResponse', 'TokenParameters', 'Token', 'PushMagic']) {
      expect(redacted(buildPlist({ MessageType: 'X', [key]: 'SECRET' }))).not.toContain('SECRET');
    }
  });

  it('keeps numbers that no plist of ours may hold as text', () => {
    const xml = (real: string) => `<plist version="1.0"><dict><key>a</key><real>${real}</real></dict></plist>`;
    expect(parsePlist(redacted(xml('1e300')))).toEqual({ a: '1e+300' });
  });

  it('takes what a device says in characters that XML forbids: a name is no reason to turn it away', () => {
    const xml = '<plist version="1.0"><dict><key>DeviceName</key><string>a\uffffb\ufffe</string></dict></plist>';
    expect(parsePlist(redacted(xml))).toEqual({ DeviceName: 'a\ufffdb\ufffd' });
  });

  it('is an empty dict for what is no message', () => {
    expect(parsePlist(redactCheckin(['Token']))).toEqual({});
  });

  it('never throws on what could be parsed, and parses to the same', () => {
    const leaf = fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.boolean());
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('value')),
        fc.dictionary(fc.string({ minLength: 1 }), tie('value')),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z][a-z]{1,5}$/), value), (dict) => {
        const { Token: _token, ...rest } = dict;
        const parsed = parsePlist(buildPlist(dict as PlistInput));
        expect(parsePlist(redactCheckin(parsed))).toEqual(parsePlist(buildPlist(rest as PlistInput)));
      }),
    );
  });
});
