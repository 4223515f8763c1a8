/** Where the first item begins. */
export const HEAD_BYTES = 20;

/**
 * The bytes of a one-dimensional array as PostgreSQL reads it in binary, without its items, which come from HEAD_BYTES on, each after
 * its length. Its layout is array_recv's: dimensions, whether there are nulls, the type, length and lower bound
 * (https://github.com/postgres/postgres/blob/master/src/backend/utils/adt/arrayfuncs.c).
 * @param itemBytes length of an item that is not null
 */
export function binaryArray(oid: number, items: readonly unknown[], itemBytes: number): Buffer {
  let nulls = 0;
  for (const item of items) if (item === null || item === undefined) nulls += 1;
  const bytes = Buffer.alloc(HEAD_BYTES + (4 + itemBytes) * items.length - itemBytes * nulls);
  bytes.writeInt32BE(1, 0);
  bytes.writeInt32BE(nulls === 0 ? 0 : 1, 4);
  bytes.writeInt32BE(oid, 8);
  bytes.writeInt32BE(items.length, 12);
  bytes.writeInt32BE(1, 16);
  return bytes;
}

/** A null is a length of -1 and nothing behind it. Returns where the next item begins. */
export function writeNull(bytes: Buffer, at: number): number {
  return bytes.writeInt32BE(-1, at);
}
