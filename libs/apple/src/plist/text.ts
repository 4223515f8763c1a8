import type { PlistErrorCode } from './plist-error.ts';

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** Reports a fault at an index into the raw text; never returns. */
export type Fault = (code: PlistErrorCode, what: string, index: number) => never;

/** Line ends as XML 1.0 §2.11 wants them, and the five predefined entities and character references resolved. */
export function decodeText(raw: string, fault: Fault): string {
  const lines = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
  if (!raw.includes('&')) return lines;
  const bad = /&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)/.exec(raw);
  if (bad) fault('plist.unknown-entity', 'an entity that no plist declares', bad.index);
  return lines.replace(/&([^;]+);/g, (_whole, name: string) => {
    const named = NAMED[name];
    if (named !== undefined) return named;
    const point = name.startsWith('#x') ? parseInt(name.slice(2), 16) : Number(name.slice(1));
    if (!isXmlCharacter(point)) fault('plist.bad-character', 'a reference to a character that XML forbids', 0);
    return String.fromCodePoint(point);
  });
}

function isXmlCharacter(point: number): boolean {
  if (point < 0x20) return point === 0x9 || point === 0xa || point === 0xd;
  return point <= 0xd7ff || (point >= 0xe000 && point <= 0xfffd) || (point >= 0x10000 && point <= 0x10ffff);
}
