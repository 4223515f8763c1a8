import { DynamicTable, sizeOf } from './hpack-table.ts';
import type { HeaderField } from './hpack-table.ts';
import { decodeHuffman } from './huffman.ts';
import { ErrorCode, Http2Error } from './protocol.ts';

export interface HpackLimits {
  /** Bytes of the table: what our SETTINGS_HEADER_TABLE_SIZE says. */
  readonly table: number;
  /** Bytes of one unpacked list, by the measure of SETTINGS_MAX_HEADER_LIST_SIZE. */
  readonly list: number;
}

/** Reads the header blocks of one connection (RFC 7541), each exactly once and in order: they build upon each other. */
export class HpackDecoder {
  private readonly limits: HpackLimits;
  private readonly table: DynamicTable;
  private bytes: Buffer = Buffer.alloc(0);
  private at = 0;
  private end = 0;

  constructor(limits: HpackLimits) {
    this.limits = limits;
    this.table = new DynamicTable(limits.table);
  }

  /** Hands over each field of a whole block, which lies from `start` up to `end`. Throws Http2Error; it is of no use after that. */
  decode(bytes: Buffer, start: number, end: number, onField: (field: HeaderField) => void): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.resizeTable();
    let left = this.limits.list;
    while (this.at < this.end) {
      const field = this.field();
      left -= sizeOf(field);
      if (left < 0) throw new Http2Error(ErrorCode.enhanceYourCalm, `headers of more than ${this.limits.list} bytes`);
      onField(field);
    }
  }

  /** RFC 7541, 6.3: only where a block begins. */
  private resizeTable(): void {
    while (this.at < this.end && this.bytes[this.at]! >> 5 === 0b001) {
      const size = this.integer(5);
      if (size > this.limits.table) throw bad(`a table of ${size} bytes; ${this.limits.table} are allowed`);
      this.table.resize(size);
    }
  }

  /** RFC 7541, 6.1 and 6.2 */
  private field(): HeaderField {
    const first = this.bytes[this.at]!;
    if (first >= 0b1000_0000) return this.indexed(this.integer(7));
    const isAdded = first >= 0b0100_0000;
    if (!isAdded && first >= 0b0010_0000) throw bad('a change of the table amid a block');
    const index = this.integer(isAdded ? 6 : 4);
    const field = { name: index === 0 ? this.text() : this.indexed(index).name, value: this.text() };
    if (isAdded) this.table.add(field);
    return field;
  }

  private indexed(index: number): HeaderField {
    const field = this.table.at(index);
    if (field === undefined) throw bad(`index ${index} is of no field`);
    return field;
  }

  /** RFC 7541, 5.2 */
  private text(): string {
    if (this.at >= this.end) throw cutOff();
    const isHuffman = this.bytes[this.at]! >= 0b1000_0000;
    const length = this.integer(7);
    const start = this.at;
    this.at += length;
    if (this.at > this.end) throw cutOff();
    return isHuffman ? decodeHuffman(this.bytes, start, this.at) : this.bytes.toString('latin1', start, this.at);
  }

  /** RFC 7541, 5.1. Up to 2^28: nothing here is larger. */
  private integer(prefixBits: number): number {
    const most = 2 ** prefixBits - 1;
    let value = this.bytes[this.at++]! & most;
    if (value < most) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      if (this.at >= this.end) throw cutOff();
      const byte = this.bytes[this.at++]!;
      value += (byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw bad('a number beyond all bounds');
  }
}

const bad = (what: string): Http2Error => new Http2Error(ErrorCode.compressionError, `response headers: ${what}`);
const cutOff = (): Http2Error => bad('cut off');
