import { PlistError } from './plist-error.ts';
import type { PlistErrorCode } from './plist-error.ts';
import { emptyDict } from './plist-value.ts';
import type { PlistDict, PlistValue } from './plist-value.ts';
import { skipMisc, skipProlog } from './prolog.ts';
import { dataOf, dateOf, integerOf, realOf } from './scalars.ts';
import { decodeText } from './text.ts';
import type { Fault } from './text.ts';

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
// eslint-disable-next-line no-control-regex -- they are what is refused
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

/** One pass over one document. Time is linear in its length, stack in the allowed depth. */
export class Scanner {
  private readonly text: string;
  private readonly maxDepth: number;
  private readonly plain: boolean;
  private at = 0;

  constructor(text: string, maxDepth: number) {
    this.text = text;
    this.maxDepth = maxDepth;
    this.plain = !text.includes('&') && !text.includes('\r');
  }

  document(): PlistValue {
    const forbidden = FORBIDDEN.exec(this.text);
    if (forbidden) this.fail('plist.bad-character', 'a control character that XML forbids', forbidden.index);
    this.at = skipProlog(this.text, this.fail);
    this.skip();
    if (this.closes()) this.fail('plist.missing-value', 'the <plist> element is empty', this.at);
    const value = this.value(1);
    this.skip();
    this.close('plist');
    this.skip();
    if (this.at < this.text.length) this.fail('plist.trailing', 'something follows the end of the plist', this.at);
    return value;
  }

  private readonly fail: Fault = (code: PlistErrorCode, what: string, index: number): never => {
    const end = Math.min(index, this.text.length);
    throw new PlistError(code, what, Buffer.byteLength(this.text.slice(0, end)));
  };

  private value(depth: number): PlistValue {
    if (this.text.charCodeAt(this.at) !== LESS) this.failUnexpected();
    switch (this.text.charCodeAt(this.at + 1)) {
      case 0x73:
        return this.leaf('string');
      case 0x64:
        return this.valueInD(depth);
      case 0x69:
        return this.scalar('integer', integerOf, 'plist.bad-integer');
      case 0x74:
        return this.flag('true');
      case 0x66:
        return this.flag('false');
      case 0x61:
        return this.array(depth);
      case 0x72:
        return this.scalar('real', realOf, 'plist.bad-real');
      default:
        return this.failUnexpected();
    }
  }

  private valueInD(depth: number): PlistValue {
    if (this.text.charCodeAt(this.at + 2) === 0x69) return this.dict(depth);
    if (this.text.charCodeAt(this.at + 4) === 0x65) return this.scalar('date', dateOf, 'plist.bad-date');
    return this.scalar('data', dataOf, 'plist.bad-data');
  }

  private dict(depth: number): PlistDict {
    const start = this.at;
    const dict = emptyDict();
    if (this.open('dict')) return dict;
    if (depth > this.maxDepth) this.fail('plist.too-deep', `more than ${this.maxDepth} levels`, start);
    for (this.skip(); !this.closes(); this.skip()) {
      const keyAt = this.at;
      const key = this.leaf('key');
      if (key in dict) this.fail('plist.duplicate-key', 'a key that its dict already has', keyAt);
      this.skip();
      if (this.closes()) this.fail('plist.missing-value', 'a key without a value', this.at);
      dict[key] = this.value(depth + 1);
    }
    this.close('dict');
    return dict;
  }

  private array(depth: number): PlistValue[] {
    const start = this.at;
    const items: PlistValue[] = [];
    if (this.open('array')) return items;
    if (depth > this.maxDepth) this.fail('plist.too-deep', `more than ${this.maxDepth} levels`, start);
    for (this.skip(); !this.closes(); this.skip()) items.push(this.value(depth + 1));
    this.close('array');
    return items;
  }

  private flag(name: 'true' | 'false'): boolean {
    if (!this.open(name)) {
      this.skip();
      this.close(name);
    }
    return name === 'true';
  }

  private scalar<T>(name: string, read: (raw: string) => T | undefined, code: PlistErrorCode): T {
    const start = this.at;
    const value = read(this.leaf(name));
    if (value === undefined) this.fail(code, `a malformed <${name}>`, start);
    return value as T;
  }

  private leaf(name: string): string {
    if (this.open(name)) return '';
    const start = this.at;
    const end = this.text.indexOf('<', start);
    if (end < 0) this.failTruncated();
    this.at = end;
    if (!this.closes()) return this.mixed(name, start);
    this.close(name);
    return this.decoded(start, end);
  }

  /** Text broken up by comments and CDATA sections. */
  private mixed(name: string, start: number): string {
    let result = this.decoded(start, this.at);
    while (!this.closes()) {
      if (this.text.startsWith('<![CDATA[', this.at)) result += this.span('<![CDATA[', ']]>');
      else if (this.text.startsWith('<!--', this.at)) this.span('<!--', '-->');
      else this.failUnexpected();
      const next = this.text.indexOf('<', this.at);
      if (next < 0) this.failTruncated();
      result += this.decoded(this.at, next);
      this.at = next;
    }
    this.close(name);
    return result;
  }

  private span(opening: string, closing: string): string {
    const from = this.at + opening.length;
    const end = this.text.indexOf(closing, from);
    if (end < 0) this.failTruncated();
    this.at = end + closing.length;
    return this.text.slice(from, end);
  }

  private decoded(start: number, end: number): string {
    const raw = this.text.slice(start, end);
    if (this.plain) return raw;
    return decodeText(raw, (code, what, index) => this.fail(code, what, start + index));
  }

  /** Passes the start tag; true where it was an empty-element tag. */
  private open(name: string): boolean {
    const end = this.at + 1 + name.length;
    if (!this.text.startsWith(name, this.at + 1)) this.failUnexpected();
    const stop = this.text.charCodeAt(end) === GREATER ? end : this.blanks(end);
    const code = this.text.charCodeAt(stop);
    if (code === GREATER) {
      this.at = stop + 1;
      return false;
    }
    if (code !== SLASH || this.text.charCodeAt(stop + 1) !== GREATER) this.failUnexpected();
    this.at = stop + 2;
    return true;
  }

  private close(name: string): void {
    const end = this.at + 2 + name.length;
    if (!this.closes() || !this.text.startsWith(name, this.at + 2)) this.failUnexpected();
    const stop = this.text.charCodeAt(end) === GREATER ? end : this.blanks(end);
    if (this.text.charCodeAt(stop) !== GREATER) this.failUnexpected();
    this.at = stop + 1;
  }

  private closes(): boolean {
    return this.text.charCodeAt(this.at + 1) === SLASH && this.text.charCodeAt(this.at) === LESS;
  }

  private skip(): void {
    this.at = skipMisc(this.text, this.at, this.fail);
  }

  private blanks(from: number): number {
    let at = from;
    while (' \t\r\n'.includes(this.text.charAt(at)) && at < this.text.length) at++;
    return at;
  }

  private failTruncated(): never {
    return this.fail('plist.truncated', 'the document ends inside an element', this.text.length);
  }

  private failUnexpected(): never {
    if (!this.text.includes('>', this.at)) return this.failTruncated();
    if (this.text.charCodeAt(this.at) !== LESS)
      return this.fail('plist.unexpected-text', 'text outside a value', this.at);
    return this.text.charCodeAt(this.at + 1) === BANG
      ? this.fail('plist.unexpected-element', 'a declaration or section that has no place here', this.at)
      : this.fail('plist.unexpected-element', 'an element that has no place here', this.at);
  }
}
