import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HpackDecoder } from './hpack-decoder.ts';
import { OutBuffer } from './out-buffer.ts';
import { Http2Error } from './protocol.ts';
import { RequestEncoder } from './request-encoder.ts';
import type { RequestField } from './request-encoder.ts';

const LIMITS = { table: 4096, list: 16_384 };

function read(decoder: HpackDecoder, block: Buffer): string[] {
  const fields: string[] = [];
  decoder.decode(block, 0, block.length, ({ name, value }) => fields.push(`${name}: ${value}`));
  return fields;
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

const failure = (block: string, limits = LIMITS) => {
  try {
    return read(new HpackDecoder(limits), hex(block));
  } catch (error) {
    if (error instanceof Http2Error) return error.message;
    throw error;
  }
};

describe('the examples of RFC 7541, appendix C', () => {
  it.each([
    ['C.2.1', '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572', 'custom-key: custom-header'],
    ['C.2.2', '040c 2f73 616d 706c 652f 7061 7468', ':path: /sample/path'],
    ['C.2.3', '1008 7061 7373 776f 7264 0673 6563 7265 74', 'password: secret'],
    ['C.2.4', '82', ':method: GET'],
  ])('%s', (_, block, field) => expect(failure(block)).toEqual([field]));

  const requests = [
    [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com'],
    [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com', 'cache-control: no-cache'],
    [':method: GET', ':scheme: https', ':path: /index.html', ':authority: www.example.com', 'custom-key: custom-value'],
  ];
  const rest = (second: number) => [
    'cache-control: private',
    `date: Mon, 21 Oct 2013 20:13:${second} GMT`,
    'location: https://www.example.com',
  ];
  const responses = [
    [':status: 302', ...rest(21)],
    [':status: 307', ...rest(21)],
    [
      ':status: 200',
      ...rest(22),
      'content-encoding: gzip',
      'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    ],
  ];

  it.each([
    [
      'C.3, requests without Huffman codes',
      4096,
      requests,
      [
        '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        '8286 84be 5808 6e6f 2d63 6163 6865',
        '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
      ],
    ],
    [
      'C.4, requests with them',
      4096,
      requests,
      [
        '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
        '8286 84be 5886 a8eb 1064 9cbf',
        '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
      ],
    ],
    [
      'C.5, responses without them, in a table that overflows',
      256,
      responses,
      [
        `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d
         546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
        '4803 3330 37c1 c0bf',
        `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f
         6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b
         2076 6572 7369 6f6e 3d31`,
      ],
    ],
    [
      'C.6, responses with them, in a table that overflows',
      256,
      responses,
      [
        `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7
         8f0b 97c8 e9ae 82ae 43d3`,
        '4883 640e ffc1 c0bf',
        `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335
         dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
      ],
    ],
  ])('%s', (_, table, lists, blocks) => {
    const decoder = new HpackDecoder({ ...LIMITS, table });
    // The order of two fields is another than in the list above.
    const sorted = (fields: string[]) => fields.toSorted();
    expect(blocks.map((block) => sorted(read(decoder, hex(block.replaceAll(/\s/g, '')))))).toEqual(lists.map(sorted));
  });
});

describe('what no encoder writes is refused', () => {
  it.each([
    ['an index of 0', '80', /index 0 is of no field/],
    ['an index beyond the table', 'be', /index 62 is of no field/],
    ['a number that never ends', 'ffff ffff ffff ffff', /beyond all bounds/],
    ['a number that is cut off', 'ff', /cut off/],
    ['a text that is cut off', '0003 61', /cut off/],
    ['a field without its value', '0001 61', /cut off/],
    ['a table that is larger than allowed', '3fe2 1f', /4097|4096 are allowed/],
    ['a table that changes amid a block', '82 20', /amid a block/],
    ['padding of zeros', '0001 6181 18', /Huffman/],
    ['padding of a whole byte', '0001 6182 1fff', /Huffman/],
    ['the end mark', '0001 6184 ffff ffff', /Huffman/],
  ])('%s', (_, block, words) => expect(failure(block)).toMatch(words));

  it('a list that unfolds beyond the bound', () => {
    // An entry of 3,000 bytes (127 + 2873, in two bytes), then named again and again.
    const large = `4001 617f b916 ${'62'.repeat(3000)}`;
    expect(failure(large + 'be'.repeat(5))).toMatch(/more than 16384 bytes/);
  });
});

describe('requests', () => {
  const fields: RequestField[] = [
    { name: ':method', value: 'POST' },
    { name: ':authority', value: 'push.example' },
    { name: ':path', isSecret: true },
    { name: 'apns-topic', value: 'com.apple.mgmt.External.x' },
    { name: 'apns-id' },
  ];
  const encoded = (encoder: RequestEncoder, ...values: string[]): Buffer => {
    const out = new OutBuffer();
    encoder.encode(out, values);
    return out.take();
  };
  const listOf = (path: string, id: string) => [
    ':method: POST',
    ':authority: push.example',
    `:path: ${path}`,
    'apns-topic: com.apple.mgmt.External.x',
    `apns-id: ${id}`,
  ];

  it('of any values, with tables of any sizes that change at any time, are read as they were meant', () => {
    const text = fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)) });
    const long = text.chain((one) => fc.nat(400).map((times) => one.repeat(times)));
    const turn = fc.record({ path: fc.oneof(text, long), id: text, table: fc.option(fc.nat(6000)) });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 12 }), (turns) => {
        const encoder = new RequestEncoder(fields);
        const decoder = new HpackDecoder({ table: 4096, list: 1e6 });
        for (const { path, id, table } of turns) {
          if (table !== null) encoder.resize(table);
          expect(read(decoder, encoded(encoder, path, id))).toEqual(listOf(path, id));
        }
      }),
    );
  });

  it('take one byte for a header that stays, from the second on', () => {
    const encoder = new RequestEncoder(fields);
    encoded(encoder, '/first', 'a');
    // Three of one byte each; the path's name and length; the id's name and length.
    expect(encoded(encoder, '/second', 'b')).toHaveLength(3 + 2 + '/second'.length + 3 + 1);
  });

  it('keep a secret out of all tables', () => {
    const encoder = new RequestEncoder(fields);
    for (const path of ['/token', '/token']) {
      const block = encoded(encoder, path, 'a').toString('latin1');
      // 0001: never indexed (6.2.3), with the name of entry 4.
      expect(block).toContain(`\x14\x06${path}`);
    }
  });

  it('leave the table alone where the peer has none', () => {
    const encoder = new RequestEncoder(fields);
    encoder.resize(0);
    const decoder = new HpackDecoder({ table: 0, list: 10_000 });
    for (const id of ['a', 'b']) expect(read(decoder, encoded(encoder, '/', id))).toEqual(listOf('/', id));
  });
});
