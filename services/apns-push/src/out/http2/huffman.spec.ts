import { expect, it } from '@jest/globals';
import { decodeHuffman } from './huffman.ts';

/** From RFC 7541, appendix B: byte, code in hex, bits. One of each length. */
const CODES: readonly (readonly [byte: number, code: number, bits: number])[] = [
  [0x30, 0x0, 5],
  [0x20, 0x14, 6],
  [0x3a, 0x5c, 7],
  [0x26, 0xf8, 8],
  [0x21, 0x3f8, 10],
  [0x27, 0x7fa, 11],
  [0x23, 0xffa, 12],
  [0x00, 0x1ff8, 13],
  [0x5e, 0x3ffc, 14],
  [0x3c, 0x7ffc, 15],
  [0x5c, 0x7fff0, 19],
  [0x80, 0xfffe6, 20],
  [0x99, 0x1fffdc, 21],
  [0x81, 0x3fffd2, 22],
  [0x01, 0x7fffd8, 23],
  [0x09, 0xffffea, 24],
  [0xc7, 0x1ffffec, 25],
  [0xc0, 0x3ffffe0, 26],
  [0xcb, 0x7ffffde, 27],
  [0x02, 0xfffffe2, 28],
  [0xf9, 0xffffffe, 28],
  [0x0a, 0x3ffffffc, 30],
  [0x16, 0x3ffffffe, 30],
];

function pack(bits: string): Buffer {
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
  return Buffer.from(padded.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
}

const bitsOf = ([, code, bits]: (typeof CODES)[number]): string => code.toString(2).padStart(bits, '0');

it.each(CODES)('byte %i has its code', (...one) => {
  const packed = pack(bitsOf(one).repeat(3));
  expect(decodeHuffman(packed, 0, packed.length)).toBe(String.fromCharCode(one[0]).repeat(3));
});

it('codes follow one another at any bit', () => {
  const packed = pack(CODES.map(bitsOf).join(''));
  const text = CODES.map(([byte]) => String.fromCharCode(byte)).join('');
  expect(decodeHuffman(packed, 0, packed.length)).toBe(text);
});

it('of nothing is nothing', () => {
  expect(decodeHuffman(Buffer.alloc(0), 0, 0)).toBe('');
});
