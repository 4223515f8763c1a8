import { isUtf8 } from 'node:buffer';
import { PlistError } from './plist-error.ts';
import type { PlistValue } from './plist-value.ts';
import { Scanner } from './scanner.ts';

export interface PlistLimits {
  /** Largest document in bytes; default 16 MiB. */
  readonly maxBytes?: number;
  /** Deepest nesting of dicts and arrays; default 64. */
  readonly maxDepth?: number;
}

const MAX_BYTES = 16 * 1024 * 1024;
const MAX_DEPTH = 64;

/**
 * Reads an XML property list as devices send them (Apple's PropertyList-1.0 DTD), strictly:
 * no document type of its own, no unknown entity, no duplicate key, nothing after the end.
 * Throws PlistError and nothing else, whatever the bytes are.
 */
export function parsePlist(input: Buffer | string, limits: PlistLimits = {}): PlistValue {
  const { maxBytes = MAX_BYTES, maxDepth = MAX_DEPTH } = limits;
  const size = typeof input === 'string' ? Buffer.byteLength(input) : input.length;
  if (size > maxBytes) throw new PlistError('plist.too-large', `${size} bytes, ${maxBytes} are allowed`, 0);
  return new Scanner(typeof input === 'string' ? checked(input) : decode(input), maxDepth).document();
}

function decode(bytes: Buffer): string {
  if (isUtf8(bytes)) return checked(bytes.toString('utf8'));
  if (isBinary(bytes.toString('latin1', 0, 6))) throw binary();
  throw new PlistError('plist.encoding', 'the bytes are not UTF-8', 0);
}

function checked(text: string): string {
  if (isBinary(text)) throw binary();
  if (!text.isWellFormed()) throw new PlistError('plist.encoding', 'half a surrogate pair', 0);
  return text;
}

function isBinary(start: string): boolean {
  return start.startsWith('bplist');
}

function binary(): PlistError {
  return new PlistError('plist.binary', 'a binary plist where XML is due', 0);
}
