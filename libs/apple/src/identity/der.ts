import { SignatureError } from './signature-error.ts';
import type { SignatureErrorCode } from './signature-error.ts';

/** One element: header at `from`, content from `start` to `end`, the next element at `next`. */
export interface Element {
  readonly tag: number;
  readonly from: number;
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** Context-specific and constructed, `[n]`. */
  context: (n: number) => 0xa0 + n,
} as const;

const MAX_DEPTH = 16;

/**
 * Walks the elements of one constructed element, in order. With `ber`, elements may have an indefinite length:
 * Apple's CMS encoder streams, so the outer layers of its signatures do. All else must be DER.
 */
export class DerReader {
  readonly bytes: Buffer;
  private at: number;
  private readonly to: number;
  private readonly code: SignatureErrorCode;
  private readonly ber: boolean;

  /** Of all bytes, or of one element of them. */
  constructor(bytes: Buffer, code: SignatureErrorCode, ber = false, element?: Element) {
    this.bytes = bytes;
    this.at = element === undefined ? 0 : element.start;
    this.to = element === undefined ? bytes.length : element.end;
    this.code = code;
    this.ber = ber;
  }

  get done(): boolean {
    return this.at >= this.to;
  }

  /** The next element, which must have this tag. */
  take(tag: number, what: string): Element {
    const element = this.optional(tag);
    return element ?? this.fail(`no ${what} where one must be`);
  }

  /** The next element if it has this tag. */
  optional(tag: number): Element | undefined {
    return !this.done && this.bytes[this.at] === tag ? this.any() : undefined;
  }

  any(): Element {
    const element = this.read(this.at, this.to, 0);
    this.at = element.next;
    return element;
  }

  inside(element: Element, ber: boolean = this.ber): DerReader {
    return new DerReader(this.bytes, this.code, ber, element);
  }

  finish(what: string): void {
    if (!this.done) this.fail(`bytes after the end of ${what}`);
  }

  hex(element: Element): string {
    return this.bytes.toString('hex', element.start, element.end);
  }

  /** Whether the content is these bytes: what an identifier is compared with need not become text first. */
  is(element: Element, content: Buffer): boolean {
    const length = element.end - element.start;
    if (length !== content.length) return false;
    for (let at = 0; at < length; at++) if (this.bytes[element.start + at] !== content[at]) return false;
    return true;
  }

  /** The element with its header. */
  whole(element: Element): Buffer {
    return this.bytes.subarray(element.from, element.next);
  }

  content(element: Element): Buffer {
    return this.bytes.subarray(element.start, element.end);
  }

  fail(what: string): never {
    throw new SignatureError(this.code, `${what} (at byte ${this.at})`);
  }

  private read(from: number, to: number, depth: number): Element {
    if (from + 2 > to) this.fail('the encoding is cut short');
    const tag = this.bytes[from]!;
    if ((tag & 0x1f) === 0x1f) this.fail('a tag of more than one byte');
    const first = this.bytes[from + 1]!;
    if (first === 0x80) return this.readIndefinite(tag, from, to, depth);
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    const start = from + 2 + lengthBytes;
    if (lengthBytes > 3 || start > to) this.fail('a length that runs past the end');
    const length = lengthBytes === 0 ? first : this.bytes.readUIntBE(from + 2, lengthBytes);
    if (lengthBytes > 0 && (length < 0x80 || this.bytes[from + 2] === 0))
      this.fail('a length that is not the shortest');
    if (start + length > to) this.fail('a length that runs past the end');
    return { tag, from, start, end: start + length, next: start + length };
  }

  private readIndefinite(tag: number, from: number, to: number, depth: number): Element {
    if (!this.ber || (tag & 0x20) === 0 || depth >= MAX_DEPTH) this.fail('an indefinite length where DER is due');
    let at = from + 2;
    while (at + 2 <= to) {
      if (this.bytes[at] === 0 && this.bytes[at + 1] === 0)
        return { tag, from, start: from + 2, end: at, next: at + 2 };
      at = this.read(at, to, depth + 1).next;
    }
    return this.fail('an indefinite length without its end');
  }
}
