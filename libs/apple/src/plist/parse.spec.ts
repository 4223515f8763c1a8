import { describe, expect, it } from '@jest/globals';
import { parsePlist } from './parse.ts';
import { PlistError } from './plist-error.ts';

const plist = (inner: string) => `<plist version="1.0">${inner}</plist>`;

function refusal(input: Buffer | string, limits = {}): PlistError {
  try {
    parsePlist(input, limits);
  } catch (error) {
    if (error instanceof PlistError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('what is read', () => {
  it('keeps the types of values', () => {
    const value = parsePlist(
      plist(
        '<dict><key>s</key><string>text</string><key>i</key><integer>-42</integer><key>r</key><real>0.5</real>' +
          '<key>t</key><true/><key>f</key><false></false><key>d</key><date>2026-06-01T12:30:00Z</date>' +
          '<key>b</key><data>\n\tAQID\n\tBA==\n</data><key>a</key><array><string/><dict/></array></dict>',
      ),
    );
    expect(value).toEqual({
      s: 'text',
      i: -42,
      r: 0.5,
      t: true,
      f: false,
      d: new Date('2026-06-01T12:30:00Z'),
      b: Buffer.from([1, 2, 3, 4]),
      a: ['', {}],
    });
  });

  it('gives a bigint for integers that a number cannot hold, up to 64 bits', () => {
    const integer = (text: string) => parsePlist(plist(`<integer>${text}</integer>`));
    expect(integer('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(integer('9007199254740992')).toBe(9007199254740992n);
    expect(integer('18446744073709551615')).toBe(2n ** 64n - 1n);
    expect(integer(' +7 ')).toBe(7);
    expect(refusal(plist('<integer>18446744073709551616</integer>')).code).toBe('plist.bad-integer');
  });

  it('resolves entities, character references, CDATA and comments', () => {
    const text =
      '<string>a &amp;&lt;&gt;&quot;&apos; &#65;&#x1F600; <![CDATA[<raw & free>]]><!-- not this --> z</string>';
    expect(parsePlist(plist(text))).toBe('a &<>"\' A😀 <raw & free> z');
  });

  it('takes keys such as __proto__ for plain keys', () => {
    const value = parsePlist(plist('<dict><key>__proto__</key><dict><key>admin</key><true/></dict></dict>'));
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    expect((value as { toString?: unknown }).toString).toBeUndefined();
  });

  it('takes a byte order mark, a document type by name, comments and blanks around', () => {
    const head =
      '\uFEFF<?xml version="1.0" encoding="utf-8"?>\r\n<!-- c --><!DOCTYPE plist SYSTEM "PropertyList.dtd">\n';
    expect(parsePlist(Buffer.from(`${head}<!-- c --> ${plist('<true />')} <!-- c -->\n`))).toBe(true);
  });
});

describe('what is refused', () => {
  const CASES: [code: string, document: string | Buffer][] = [
    ['plist.not-xml', ''],
    ['plist.not-xml', 'hello'],
    ['plist.not-xml', '{"json": true}'],
    ['plist.binary', Buffer.from('bplist00\xd0\xff', 'latin1')],
    ['plist.encoding', Buffer.from([0xff, 0xfe, 0x3c, 0x00])],
    ['plist.encoding', '<?xml version="1.0" encoding="UTF-16"?>' + plist('<true/>')],
    ['plist.doctype-subset', '<!DOCTYPE plist [<!ENTITY a "b">]>' + plist('<string>&a;</string>')],
    [
      'plist.doctype-subset',
      '<!DOCTYPE plist SYSTEM "x" [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + plist('<true/>'),
    ],
    ['plist.prolog', '<!DOCTYPE html>' + plist('<true/>')],
    ['plist.unknown-entity', plist('<string>&nbsp;</string>')],
    ['plist.unknown-entity', plist('<string>a & b</string>')],
    ['plist.bad-character', plist('<string>&#0;</string>')],
    ['plist.bad-character', plist('<string>&#xD800;</string>')],
    ['plist.bad-character', plist('<string>\u0000</string>')],
    ['plist.trailing', plist('<true/>') + '<plist/>'],
    ['plist.trailing', plist('<true/>') + 'x'],
    ['plist.unexpected-element', plist('<true/><true/>')],
    ['plist.unexpected-element', plist('<null/>')],
    ['plist.unexpected-element', plist('<string><b>x</b></string>')],
    ['plist.unexpected-element', plist('<dict><string>x</string></dict>')],
    ['plist.unexpected-element', plist('<array><true/></dict>')],
    ['plist.unexpected-element', plist('<string a="b">x</string>')],
    ['plist.unexpected-element', plist('<dictionary/>')],
    ['plist.unexpected-text', plist('<array>x<true/></array>')],
    ['plist.missing-value', plist('')],
    ['plist.missing-value', plist('<dict><key>a</key></dict>')],
    ['plist.duplicate-key', plist('<dict><key>a</key><true/><key>a</key><false/></dict>')],
    ['plist.bad-integer', plist('<integer>0x1F</integer>')],
    ['plist.bad-integer', plist('<integer>1.5</integer>')],
    ['plist.bad-integer', plist('<integer/>')],
    ['plist.bad-real', plist('<real>1,5</real>')],
    ['plist.bad-date', plist('<date>2026-02-30T00:00:00Z</date>')],
    ['plist.bad-date', plist('<date>2026-02-28</date>')],
    ['plist.bad-data', plist('<data>AQI</data>')],
    ['plist.bad-data', plist('<data>A*ID</data>')],
  ];

  it.each(CASES)('%s: %s', (code, document) => {
    expect(refusal(document).code).toBe(code);
  });

  it('is a document cut short at any byte', () => {
    const whole = plist('<dict><key>a</key><array><string>x &amp; y</string><data>AQID</data></array></dict>');
    for (let length = 0; length < whole.length; length++) {
      expect(refusal(whole.slice(0, length)).code).toMatch(
        /^plist\.(truncated|not-xml|unexpected-element|unknown-entity)$/,
      );
    }
  });

  it('is told with the place, in bytes, and without what the sender wrote', () => {
    const error = refusal(plist('<string>ééé</string><secret/>'));
    expect(error.offset).toBe(Buffer.byteLength('<plist version="1.0"><string>ééé</string>'));
    expect(error.message).toBe('not an acceptable plist: an element that has no place here (at byte 44)');
    expect(error.message).not.toContain('secret');
  });

  it('is more than the allowed size, before anything is read', () => {
    expect(refusal('x'.repeat(101), { maxBytes: 100 }).code).toBe('plist.too-large');
    expect(refusal(Buffer.alloc(16 * 1024 * 1024 + 1)).code).toBe('plist.too-large');
  });

  it('is more than 64 levels', () => {
    const nested = (levels: number) => plist('<array>'.repeat(levels) + '<true/>' + '</array>'.repeat(levels));
    expect(() => parsePlist(nested(64))).not.toThrow();
    expect(refusal(nested(65)).code).toBe('plist.too-deep');
  });
});

describe('bombs', () => {
  const MEGABYTES = 8 * 1024 * 1024;
  const BOMBS: [name: string, document: string][] = [
    ['200,000 nested arrays', '<plist>' + '<array>'.repeat(200_000)],
    ['blanks', plist(' '.repeat(MEGABYTES) + '<true/>')],
    ['blanks in a tag', plist('<true' + ' '.repeat(MEGABYTES) + '/>')],
    ['digits', plist(`<integer>${'1'.repeat(MEGABYTES)}</integer>`)],
    ['ampersands', plist(`<string>${'&'.repeat(MEGABYTES)}</string>`)],
    ['an endless document type', '<!DOCTYPE plist PUBLIC "' + 'x'.repeat(MEGABYTES)],
    ['an endless comment', '<!--' + '-'.repeat(MEGABYTES)],
    ['opening brackets', '<plist>' + '<'.repeat(MEGABYTES)],
    ['blank data', plist(`<data>${' '.repeat(MEGABYTES)}</data>`)],
  ];

  it.each(BOMBS)('%s take linear time and no stack', (_name, document) => {
    const started = process.cpuUsage();
    try {
      parsePlist(document);
    } catch (error) {
      expect(error).toBeInstanceOf(PlistError);
    }
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1e6).toBeLessThan(3);
  });
});
