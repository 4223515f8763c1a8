import { buildPlist } from '../plist/build.ts';
import { isDict } from '../plist/plist-value.ts';
import type { PlistInput, PlistValue } from '../plist/plist-value.ts';

/** Whoever has one of these can push, unlock, erase or speak for a device. */
const SECRETS: ReadonlySet<string> = new Set([
  'Token',
  'PushMagic',
  'UnlockToken',
  'BootstrapToken',
  'DigestResponse',
  'AuthToken',
  'TokenParameters',
]);

/** A check-in message as an XML plist without its secrets; unknown keys stay. Anything but a dict becomes an empty one. */
export function redactCheckin(plist: PlistValue): string {
  const kept = isDict(plist) ? Object.entries(plist).filter(([key]) => !SECRETS.has(key)) : [];
  return buildPlist(dictOf(kept));
}

function writable(value: PlistValue): PlistInput {
  // Reals that a device may send and buildPlist refuses to guess about: kept as text.
  if (typeof value === 'number') {
    return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? value : String(value);
  }
  if (typeof value === 'string') return legible(value);
  if (Array.isArray(value)) return value.map(writable);
  return isDict(value) ? dictOf(Object.entries(value)) : value;
}

function dictOf(entries: readonly [string, PlistValue][]): { readonly [key: string]: PlistInput } {
  const dict = Object.create(null) as { [key: string]: PlistInput };
  for (const [key, value] of entries) dict[legible(key)] = writable(value);
  return dict;
}

/** Two characters that devices may send and XML forbids. */
function legible(text: string): string {
  return text.replaceAll(/[\ufffe\uffff]/g, '\ufffd');
}
