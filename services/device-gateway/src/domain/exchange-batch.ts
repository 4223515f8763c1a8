import type { Exchange } from '@lamplighter/contracts';

/** Everything of an exchange but its answer, as JSON: two ids of at most 255 and 200 characters make up most of it. */
const HEAD_BYTES = 2_000;
/** Below the broker's default limit of 1 MiB for a message. */
export const BATCH_BYTES = 950_000;

/** No fewer bytes than the exchange has as JSON. */
export function sizeOf(exchange: Exchange): number {
  const payload = exchange.answer?.payload;
  if (payload === undefined) return HEAD_BYTES;
  // JSON escapes a quote or a line end with one more byte; XML has no other character that it would escape.
  if ('xml' in payload) return HEAD_BYTES + 2 * Buffer.byteLength(payload.xml);
  return HEAD_BYTES + ('gzip' in payload ? payload.gzip.length : payload.ref.length);
}

/** The same exchanges in the same order, in batches that each fit into one message. */
export function splitBySize(exchanges: readonly Exchange[], limit = BATCH_BYTES): Exchange[][] {
  const batches: Exchange[][] = [];
  let room = 0;
  for (const exchange of exchanges) {
    const size = sizeOf(exchange);
    if (size > room || batches.length === 0) {
      batches.push([]);
      room = limit;
    }
    batches.at(-1)!.push(exchange);
    room -= size;
  }
  return batches;
}
