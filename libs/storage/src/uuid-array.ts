import { binaryArray, HEAD_BYTES, writeNull } from './binary-array.ts';

const UUID_OID = 2950;
const UUID_BYTES = 16;
const UUID_CHARACTERS = 36;
const ASCII = 0x7f;

/** Of a character's code, the hexadecimal digit that it is; -1 of others. */
const DIGITS = new Int8Array(ASCII + 1).fill(-1);
for (const digit of '0123456789abcdefABCDEF') DIGITS[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

/**
 * A uuid[] as PostgreSQL reads it in binary: half as long as its text, and read ten times as fast, which counts where a statement
 * has ten thousand of them. Throws a RangeError for what is not 8-4-4-4-12 hexadecimal digits.
 */
export function uuidArray(ids: readonly (string | null | undefined)[]): Buffer {
  const bytes = binaryArray(UUID_OID, ids, UUID_BYTES);
  let at = HEAD_BYTES;
  for (const id of ids) {
    if (id === null || id === undefined) {
      at = writeNull(bytes, at);
      continue;
    }
    bytes[at + 3] = UUID_BYTES;
    if (!writeUuid(bytes, at + 4, id)) throw new RangeError(`not a UUID: ${JSON.stringify(id.slice(0, 50))}`);
    at += 4 + UUID_BYTES;
  }
  return bytes;
}

/** The same of ids that are bytes already, 16 of each. */
export function uuidArrayOfBytes(ids: Buffer): Buffer {
  const count = ids.length / UUID_BYTES;
  const bytes = binaryArray(UUID_OID, Array<number>(count).fill(0), UUID_BYTES);
  for (let n = 0; n < count; n += 1) {
    const at = HEAD_BYTES + (4 + UUID_BYTES) * n;
    bytes[at + 3] = UUID_BYTES;
    ids.copy(bytes, at + 4, n * UUID_BYTES, (n + 1) * UUID_BYTES);
  }
  return bytes;
}

/** Whether it is one: a pattern that looks at each first would take as long again. */
function writeUuid(bytes: Buffer, start: number, id: string): boolean {
  let digits = id.length === UUID_CHARACTERS ? 0 : -1;
  let codes = 0;
  let at = start;
  for (let from = 0; from < UUID_CHARACTERS; from += 2) {
    if (from === 8 || from === 13 || from === 18 || from === 23) from += 1;
    const first = id.charCodeAt(from);
    const second = id.charCodeAt(from + 1);
    const high = DIGITS[first & ASCII]!;
    const low = DIGITS[second & ASCII]!;
    codes |= first | second;
    digits |= high | low;
    bytes[at++] = (high << 4) | low;
  }
  return digits >= 0 && codes <= ASCII && isDashed(id);
}

function isDashed(id: string): boolean {
  return id[8] === '-' && id[13] === '-' && id[18] === '-' && id[23] === '-';
}
