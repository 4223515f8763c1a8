import { build } from 'plist';
import type { PlistValue as LibraryValue } from 'plist';
import type { PlistInput } from './plist-value.ts';

const HEAD =
  '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" ' +
  '"http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n<plist version="1.0">';
const TAIL = '</plist>\n';

/** A whole XML document. Throws a RangeError for what plists cannot hold: NaN, integers beyond ±(2^53 − 1), characters that XML forbids. */
export function buildPlist(value: PlistInput): string {
  return HEAD + fragment(value) + TAIL;
}

/** `<dict>…</dict>` alone, as command bodies are stored. */
export function plistDictFragment(value: { readonly [key: string]: PlistInput | undefined }): string {
  return fragment(value);
}

/**
 * The reply that hands a command to a device, around a stored `<dict>…</dict>`.
 * Shape: `{CommandUUID, Command}`, mdm/commands of Apple's schema.
 */
export function commandPlist(commandUuid: string, dictFragment: string): string {
  return `${HEAD}<dict><key>Command</key>${dictFragment}<key>CommandUUID</key><string>${escaped(commandUuid)}</string></dict>${TAIL}`;
}

function fragment(value: PlistInput): string {
  assertNumbers(value);
  const document = written(value as LibraryValue);
  const start = document.indexOf('<plist version="1.0">') + '<plist version="1.0">'.length;
  return document.slice(start, document.lastIndexOf('</plist>'));
}

function written(value: LibraryValue): string {
  try {
    return build(value, { pretty: false });
  } catch (cause) {
    if (!(cause as Error).message.startsWith('Invalid character')) throw cause;
    throw new RangeError('a plist cannot hold this text: a character that XML forbids', { cause });
  }
}

function assertNumbers(value: PlistInput | undefined): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      throw new RangeError('a plist cannot hold this number: not finite, or an integer beyond 2^53; use a bigint');
    }
  } else if (Array.isArray(value)) {
    for (const item of value as readonly PlistInput[]) assertNumbers(item);
  } else if (typeof value === 'object' && !(value instanceof Date) && !ArrayBuffer.isView(value)) {
    for (const item of Object.values(value)) assertNumbers(item as PlistInput);
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
