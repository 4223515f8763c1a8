/** Writes the few DER types that X.509 certificates are made of (ITU-T X.690). */

function length(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.of(bytes);
  const digits: number[] = [];
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Buffer.of(0x80 | digits.length, ...digits);
}

export function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.of(tag), length(size), ...parts]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]): Buffer => tlv(0x31, ...parts);
export const octets = (value: Uint8Array): Buffer => tlv(0x04, value);
export const bits = (value: Uint8Array): Buffer => tlv(0x03, Buffer.of(0), value);
export const utf8 = (value: string): Buffer => tlv(0x0c, Buffer.from(value));
export const boolean = (value: boolean): Buffer => tlv(0x01, Buffer.of(value ? 0xff : 0));
export const nothing = (): Buffer => tlv(0x05);
export const explicit = (number: number, value: Uint8Array): Buffer => tlv(0xa0 + number, value);
export const implicit = (number: number, value: Uint8Array): Buffer => tlv(0x80 + number, value);

/** An INTEGER from big-endian magnitude bytes; never negative. */
export function integer(magnitude: Uint8Array): Buffer {
  const first = magnitude.findIndex((byte) => byte !== 0);
  const short = first < 0 ? Buffer.of(0) : magnitude.subarray(first);
  return short[0]! & 0x80 ? tlv(0x02, Buffer.of(0), short) : tlv(0x02, short);
}

function base128(value: number): number[] {
  const digits = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift(0x80 | (rest % 128));
  return digits;
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tlv(0x06, Buffer.from([...base128(first * 40 + second), ...rest.flatMap(base128)]));
}

/** UTCTime up to 2049, GeneralizedTime from 2050, as RFC 5280 wants. */
export function time(epochMs: number): Buffer {
  const iso = new Date(epochMs).toISOString();
  const digits = `${iso.slice(0, 19).replaceAll(/\D/g, '')}Z`;
  return digits < '2050' ? tlv(0x17, Buffer.from(digits.slice(2))) : tlv(0x18, Buffer.from(digits));
}

export interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** The element with its tag and length. */
  readonly whole: Buffer;
}

/** The elements that stand one after the other in `der`. For certificates that OpenSSL has accepted already. */
export function elements(der: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < der.length;) {
    let start = at + 2;
    let size = der[at + 1]!;
    if (size & 0x80) {
      start += size & 0x7f;
      size = der.readUIntBE(at + 2, size & 0x7f);
    }
    found.push({ tag: der[at]!, content: der.subarray(start, start + size), whole: der.subarray(at, start + size) });
    at = start + size;
  }
  return found;
}
