import { STATIC_TABLE, sizeOf } from './hpack-table.ts';
import { OutBuffer } from './out-buffer.ts';
import { FIRST_TABLE_BYTES } from './protocol.ts';

/** A header that each request of a connection has. Names in lower case, values in latin1. */
export interface RequestField {
  readonly name: string;
  /** The same in all requests; undefined where each brings its own. */
  readonly value?: string;
  /** Nobody on the way may keep its value in a table (RFC 7541, 7.1.3). */
  readonly isSecret?: true;
}

/** First bits of a field, and how many bits its number has in that byte (RFC 7541, 6). */
const INDEXED = [0x80, 7] as const;
const ADDED = [0x40, 6] as const;
const NOT_ADDED = [0x00, 4] as const;
const NEVER_ADDED = [0x10, 4] as const;
const TABLE_SIZE = [0x20, 5] as const;
const TEXT_LENGTH = [0x00, 7] as const;
type Kind = readonly [bits: number, prefixBits: number];

/** What was put into the peer's table, the oldest first. */
type Added = readonly RequestField[];

/**
 * Writes the headers of requests that differ in few values (RFC 7541). The first one puts what it holds into the peer's
 * table; from then on a field that does not change takes one byte, the name of another one or two. Nothing else enters the
 * table, so nothing ever falls out of it. A peer with too small a table gets all fields in full.
 */
export class RequestEncoder {
  private readonly fields: readonly RequestField[];
  private limit = FIRST_TABLE_BYTES;
  private isResized = false;
  /** What stands before each value; undefined until the peer's table is filled. */
  private leads: readonly Buffer[] | undefined;
  /** What stands after the last. */
  private tail: Buffer = Buffer.alloc(0);

  /** @param fields pseudo-headers first; each name once */
  constructor(fields: readonly RequestField[]) {
    this.fields = fields;
  }

  /** The peer's SETTINGS_HEADER_TABLE_SIZE. A table that changes is filled anew. */
  resize(bytes: number): void {
    const limit = Math.min(bytes, FIRST_TABLE_BYTES);
    if (limit === this.limit) return;
    this.limit = limit;
    this.isResized = true;
    this.leads = undefined;
  }

  /** @param values of the fields that have none of their own, in their order */
  encode(out: OutBuffer, values: readonly string[]): void {
    if (this.leads === undefined) return this.first(out, values);
    for (let place = 0; place < values.length; place += 1) {
      out.append(this.leads[place]!);
      text(out, values[place]!);
    }
    out.append(this.tail);
  }

  private first(out: OutBuffer, values: readonly string[]): void {
    if (this.isResized) {
      // Emptied first (4.2: the smallest size of all since the last block has to be told).
      integer(out, TABLE_SIZE, 0);
      if (this.limit > 0) integer(out, TABLE_SIZE, this.limit);
      this.isResized = false;
    }
    const varying = [...values];
    const full = this.fields.map((one) => ({ ...one, value: one.value ?? varying.shift()! }));
    const added = full.filter((one) => !one.isSecret && staticIndex(one) === 0);
    const fits = added.reduce((sum, one) => sum + sizeOf(one), 0) <= this.limit;
    for (const one of full) {
      if (staticIndex(one) > 0) integer(out, INDEXED, staticIndex(one));
      else {
        name(out, one, one.isSecret ? NEVER_ADDED : fits ? ADDED : NOT_ADDED, []);
        text(out, one.value);
      }
    }
    this.compile(fits ? added : []);
  }

  private compile(added: Added): void {
    const leads: Buffer[] = [];
    const out = new OutBuffer();
    for (const one of this.fields) {
      if (one.value === undefined) {
        name(out, one, one.isSecret ? NEVER_ADDED : NOT_ADDED, added);
        leads.push(out.take());
      } else constant(out, one, one.value, added);
    }
    this.leads = leads;
    this.tail = out.take();
  }
}

function constant(out: OutBuffer, field: RequestField, value: string, added: Added): void {
  const index = staticIndex(field) || dynamicIndex(field.name, added);
  if (index > 0) return integer(out, INDEXED, index);
  name(out, field, field.isSecret ? NEVER_ADDED : NOT_ADDED, added);
  text(out, value);
}

function name(out: OutBuffer, field: RequestField, kind: Kind, added: Added): void {
  const known = STATIC_TABLE.findIndex((entry) => entry.name === field.name) + 1;
  const index = known || dynamicIndex(field.name, added);
  integer(out, kind, index);
  if (index === 0) text(out, field.name);
}

/** Of the name and value together; 0 where the static table has them not. */
function staticIndex({ name: wanted, value }: RequestField): number {
  return STATIC_TABLE.findIndex((entry) => entry.name === wanted && entry.value === value) + 1;
}

function dynamicIndex(wanted: string, added: Added): number {
  const place = added.findIndex((entry) => entry.name === wanted);
  return place < 0 ? 0 : STATIC_TABLE.length + added.length - place;
}

/** RFC 7541, 5.1 */
function integer(out: OutBuffer, [bits, prefixBits]: Kind, value: number): void {
  const most = 2 ** prefixBits - 1;
  if (value < most) return out.byte(bits | value);
  out.byte(bits | most);
  let left = value - most;
  for (; left >= 128; left >>>= 7) out.byte((left & 127) | 128);
  out.byte(left);
}

/** RFC 7541, 5.2. As it is: its Huffman code would save a fifth of the bytes and cost more than all else here. */
function text(out: OutBuffer, value: string): void {
  integer(out, TEXT_LENGTH, value.length);
  out.latin1(value);
}
