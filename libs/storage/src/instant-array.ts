import { binaryArray, HEAD_BYTES, writeNull } from './binary-array.ts';

const TIMESTAMPTZ_OID = 1184;
const BYTES = 8;
const EPOCH_MS = Date.UTC(2000, 0, 1);
const LOW = 2 ** 32;

/**
 * A timestamptz[] as PostgreSQL reads it in binary: microseconds since 2000. As text each would be written and parsed for a
 * microsecond on either side. Throws a RangeError for an invalid Date.
 */
export function instantArray(instants: readonly (Date | null | undefined)[]): Buffer {
  const bytes = binaryArray(TIMESTAMPTZ_OID, instants, BYTES);
  let at = HEAD_BYTES;
  for (const instant of instants) {
    if (instant === null || instant === undefined) {
      at = writeNull(bytes, at);
      continue;
    }
    const micros = (instant.getTime() - EPOCH_MS) * 1_000;
    if (Number.isNaN(micros)) throw new RangeError('not an instant: Invalid Date');
    const high = Math.floor(micros / LOW);
    bytes[at + 3] = BYTES;
    bytes.writeInt32BE(high, at + 4);
    bytes.writeUInt32BE(micros - high * LOW, at + 8);
    at += 4 + BYTES;
  }
  return bytes;
}
