/** The ways in which one and the same message has been seen written: by OS versions, by agents, by what stands in between. */
export interface Spelling {
  readonly bom: boolean;
  readonly declaration: string;
  readonly doctype: string;
  readonly plist: string;
  readonly newline: '\n' | '\r\n' | '';
  readonly indent: '\t' | '  ' | '';
  /** Data is broken after so many characters; 0: never. */
  readonly dataColumns: 0 | 52 | 68 | 76;
  readonly escapes: 'least' | 'named' | 'decimal' | 'hex';
  /** `<string/>` for what is empty, `<true></true>` for what could be. */
  readonly empty: 'short' | 'long';
  /** Blanks where a tag may have them. */
  readonly loose: boolean;
  readonly comments: boolean;
}

/** A number that is written as a real though it is whole. */
export class Real {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export type Value = string | number | bigint | boolean | Uint8Array | Date | Real | readonly Value[] | Dict;
export interface Dict {
  readonly [key: string]: Value | undefined;
}

const PUBLIC = 'PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"';
export const DECLARATIONS = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  "<?xml version='1.0' encoding='utf-8'?>",
  '<?xml version="1.0"?>',
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
  '',
];
export const DOCTYPES = [
  `<!DOCTYPE plist ${PUBLIC}>`,
  `<!DOCTYPE plist ${PUBLIC.replaceAll('"', "'")}>`,
  '<!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
  '<!DOCTYPE plist SYSTEM "file://localhost/System/Library/DTDs/PropertyList.dtd">',
  '',
];
export const PLISTS = ['<plist version="1.0">', "<plist version='1.0'>", '<plist>'];

/** As Apple's own frameworks write it. */
export const PLAIN: Spelling = {
  bom: false,
  declaration: DECLARATIONS[0]!,
  doctype: DOCTYPES[0]!,
  plist: PLISTS[0]!,
  newline: '\n',
  indent: '\t',
  dataColumns: 68,
  escapes: 'least',
  empty: 'short',
  loose: false,
  comments: false,
};

/** Each way that is seen, by what is odd about it. */
export const RECORDED: readonly (readonly [how: string, way: Partial<Spelling>])[] = [
  ['as Apple writes it', {}],
  ['without DOCTYPE', { doctype: '' }],
  ['without any prolog', { doctype: '', declaration: '' }],
  ['with the DOCTYPE of Apple Computer', { doctype: DOCTYPES[2]! }],
  ['with a byte order mark', { bom: true }],
  ['with CRLF', { newline: '\r\n' }],
  ['on one line', { newline: '', indent: '', dataColumns: 0 }],
  ['with single quotes', { declaration: DECLARATIONS[1]!, doctype: DOCTYPES[1]!, plist: PLISTS[1]! }],
  ['with data in lines of 52', { dataColumns: 52 }],
  ['with references for all that is not a letter', { escapes: 'hex' }],
  ['with named entities', { escapes: 'named' }],
  ['with long empty elements', { empty: 'long' }],
  ['with blanks in its tags', { loose: true }],
  ['with comments', { comments: true }],
];

/** The document, UTF-8. Keys that are undefined are left out. */
export function spelled(message: Dict, spelling: Partial<Spelling> = {}): Buffer {
  const way = { ...PLAIN, ...spelling };
  const remark = way.comments ? ['<!-- <dict> & no more -->'] : [];
  const parts = [
    way.declaration,
    ...remark,
    way.doctype,
    way.plist,
    ...element(message, way, 0),
    ...remark,
    '</plist>',
  ];
  const lines = parts.filter((part) => part !== '');
  return Buffer.from((way.bom ? '\ufeff' : '') + lines.join(way.newline) + way.newline);
}

function element(value: Value, way: Spelling, depth: number): string[] {
  const at = way.indent.repeat(depth);
  if (typeof value === 'boolean') return [at + hollow(String(value), way)];
  if (typeof value === 'string') return [at + leaf('string', escaped(value, way), way)];
  if (typeof value === 'bigint') return [at + leaf('integer', String(value), way)];
  if (typeof value === 'number') return [at + leaf(Number.isInteger(value) ? 'integer' : 'real', String(value), way)];
  if (value instanceof Real) return [at + leaf('real', String(value.value), way)];
  if (value instanceof Date) return [at + leaf('date', `${value.toISOString().slice(0, 19)}Z`, way)];
  if (ArrayBuffer.isView(value)) return data(value, way, at);
  const members = Array.isArray(value)
    ? (value as readonly Value[]).flatMap((member) => element(member, way, depth + 1))
    : entries(value as Dict, way, depth + 1);
  const name = Array.isArray(value) ? 'array' : 'dict';
  if (members.length === 0) return [at + hollow(name, way)];
  return [at + open(name, way), ...members, at + close(name, way)];
}

function entries(dict: Dict, way: Spelling, depth: number): string[] {
  const at = way.indent.repeat(depth);
  return Object.entries(dict).flatMap(([key, value]) =>
    value === undefined ? [] : [at + leaf('key', escaped(key, way), way), ...element(value, way, depth)],
  );
}

function data(bytes: Uint8Array, way: Spelling, at: string): string[] {
  const base64 = Buffer.from(bytes).toString('base64');
  if (base64 === '' || way.dataColumns === 0) return [at + leaf('data', base64, way)];
  const lines = base64.match(new RegExp(`.{1,${way.dataColumns}}`, 'g')) ?? [];
  return [at + open('data', way), ...lines.map((line) => at + line), at + close('data', way)];
}

const open = (name: string, { loose }: Spelling): string => `<${name}${loose ? ' ' : ''}>`;
const close = (name: string, { loose }: Spelling): string => `</${name}${loose ? '\t' : ''}>`;

function leaf(name: string, text: string, way: Spelling): string {
  return text === '' ? hollow(name, way) : open(name, way) + text + close(name, way);
}

function hollow(name: string, way: Spelling): string {
  return way.empty === 'short' ? `<${name}${way.loose ? ' ' : ''}/>` : open(name, way) + close(name, way);
}

const NAMES: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

function escaped(text: string, { escapes }: Spelling): string {
  const reference = (character: string): string => {
    const point = character.codePointAt(0)!;
    return escapes === 'hex' ? `&#x${point.toString(16)};` : `&#${point};`;
  };
  if (escapes === 'decimal' || escapes === 'hex') return text.replace(/[^A-Za-z0-9]/gu, reference);
  return text.replace(escapes === 'least' ? /[&<>]/g : /[&<>"']/g, (character) => `&${NAMES[character]!};`);
}
