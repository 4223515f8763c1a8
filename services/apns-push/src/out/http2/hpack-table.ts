export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

const field = (name: string, value = ''): HeaderField => ({ name, value });

/** RFC 7541, appendix A. Index 1 is the first. */
export const STATIC_TABLE: readonly HeaderField[] = [
  field(':authority'),
  field(':method', 'GET'),
  field(':method', 'POST'),
  field(':path', '/'),
  field(':path', '/index.html'),
  field(':scheme', 'http'),
  field(':scheme', 'https'),
  ...['200', '204', '206', '304', '400', '404', '500'].map((status) => field(':status', status)),
  field('accept-charset'),
  field('accept-encoding', 'gzip, deflate'),
  ...`accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control
    content-disposition content-encoding content-language content-length content-location content-range content-type
    cookie date etag expect expires from host if-match if-modified-since if-none-match if-range if-unmodified-since
    last-modified link location max-forwards proxy-authenticate proxy-authorization range referer refresh retry-after
    server set-cookie strict-transport-security transfer-encoding user-agent vary via www-authenticate`
    .split(/\s+/)
    .map((name) => field(name)),
];

/** What a field takes in a table, and counts for in a list (RFC 7541, 4.1; RFC 9113, 6.5.2). */
export function sizeOf({ name, value }: HeaderField): number {
  return name.length + value.length + 32;
}

/** The table that what is decoded fills (RFC 7541, 2.3.2): the newest first, the oldest falls out. */
export class DynamicTable {
  /** The oldest first: entries are added at the end. */
  private readonly fields: HeaderField[] = [];
  private size = 0;
  private limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Of the static table and this one after it; undefined for 0 and beyond the last. */
  at(index: number): HeaderField | undefined {
    const { length } = STATIC_TABLE;
    return index <= length ? STATIC_TABLE[index - 1] : this.fields[this.fields.length - (index - length)];
  }

  /** One that is larger than the table empties it (4.4). */
  add(added: HeaderField): void {
    const size = sizeOf(added);
    this.shrinkTo(this.limit - size);
    if (size > this.limit) return;
    this.fields.push(added);
    this.size += size;
  }

  resize(limit: number): void {
    this.limit = limit;
    this.shrinkTo(limit);
  }

  private shrinkTo(limit: number): void {
    while (this.size > limit && this.fields.length > 0) this.size -= sizeOf(this.fields.shift()!);
  }
}
