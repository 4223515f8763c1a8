const UUID_OID = 2950;
const HEAD_BYTES = 20;
const ITEM_BYTES = 20;
const DASHES = new Set([8, 13, 18, 23]);
const LENGTH = 36;

/** Of each character code, the hexadecimal digit that it is. */
const digits = new Map(
  Array.from('0123456789abcdefABCDEF', (digit) => [digit.charCodeAt(0), Number.parseInt(digit, 16)]),
);
const DIGITS = Int8Array.from({ length: 128 }, (_, code) => digits.get(code) ?? -1);
/** Where the two digits of each of its bytes begin. */
const PLACES = Array.from({ length: LENGTH }, (_, at) => at)
  .filter((at) => !DASHES.has(at))
  .filter((_, n) => n % 2 === 0);

/**
 * A uuid[] as PostgreSQL reads it in binary: half as long as its text, and read ten times as fast, which counts where a statement
 * has ten thousand of them. Its layout is array_recv's: dimensions, whether there are nulls, the type, length and lower bound, then
 * each item after its length (https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/arrayfuncs.c).
 * Throws a RangeError for what is not 8-4-4-4-12 hexadecimal digits.
 */
export function uuidArray(ids: readonly string[]): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES + ITEM_BYTES * ids.length);
  bytes.writeInt32BE(1, 0);
  bytes.writeInt32BE(UUID_OID, 8);
  bytes.writeInt32BE(ids.length, 12);
  bytes.writeInt32BE(1, 16);
  let at = HEAD_BYTES;
  for (const id of ids) {
    bytes[at + 3] = 16;
    at += 4;
    let known = id.length === LENGTH ? 0 : -1;
    for (const place of PLACES) {
      const high = DIGITS[id.charCodeAt(place)] ?? -1;
      const low = DIGITS[id.charCodeAt(place + 1)] ?? -1;
      known |= high | low;
      bytes[at++] = (high << 4) | low;
    }
    if (known < 0 || !isDashed(id)) throw new RangeError(`not a UUID: ${JSON.stringify(id.slice(0, 50))}`);
  }
  return bytes;
}

function isDashed(id: string): boolean {
  return id[8] === '-' && id[13] === '-' && id[18] === '-' && id[23] === '-';
}
