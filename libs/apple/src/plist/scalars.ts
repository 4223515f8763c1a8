/** Values of the leaf elements. Each returns undefined where the text is not of its form. */

const MAX_FAST_DIGITS = 15;
const LONGEST = 64;

/** Decimal, within what 64 bits hold (signed minimum to unsigned maximum), as CFPropertyList does. */
export function integerOf(raw: string): number | bigint | undefined {
  const text = short(raw);
  if (!/^[+-]?[0-9]{1,20}$/.test(text)) return undefined;
  if (text.length <= MAX_FAST_DIGITS) return Number(text) + 0;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  if (value < -(2n ** 63n) || value >= 2n ** 64n) return undefined;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

const REAL = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

/** Also the words `nan` and `infinity` that CFPropertyList writes. */
export function realOf(raw: string): number | undefined {
  const text = short(raw);
  if (REAL.test(text)) return Number(text);
  if (/^[+-]?nan$/i.test(text)) return NaN;
  const infinite = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (!infinite) return undefined;
  return infinite[1] === '-' ? -Infinity : Infinity;
}

const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z$/;

/** `YYYY-MM-DDThh:mm:ssZ`, a real calendar date. */
export function dateOf(raw: string): Date | undefined {
  const text = short(raw);
  if (!DATE.test(text)) return undefined;
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return undefined;
  // Date.parse rolls 31 April over to 1 May; a device that says so is wrong.
  return date.toISOString().slice(0, 19) === text.slice(0, 19) ? date : undefined;
}

/** Base64 with line breaks and indentation anywhere. */
export function dataOf(raw: string): Buffer | undefined {
  const text = raw.replace(/[ \t\r\n]/g, '');
  if (text.length % 4 !== 0 || text.includes('-') || text.includes('_')) return undefined;
  const padding = text.endsWith('==') ? 2 : Number(text.endsWith('='));
  const data = Buffer.from(text, 'base64');
  // Node leaves out what is not base64, so a full length proves that all of it was.
  return data.length === (text.length / 4) * 3 - padding ? data : undefined;
}

/** Longer text is none of these forms; megabytes of digits never reach a pattern. */
function short(raw: string): string {
  return raw.length > LONGEST ? '' : raw.trim();
}
