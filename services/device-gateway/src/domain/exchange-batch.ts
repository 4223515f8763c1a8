import { MAX_REQUEST_BYTES, splitBySize } from '@lamplighter/contracts';
import type { Exchange } from '@lamplighter/contracts';

/** Everything of an exchange but its answer, as JSON: two ids of at most 255 and 200 characters make up most of it. */
const HEAD_BYTES = 2_000;

/** No fewer bytes than the exchange has as JSON. */
export function sizeOf(exchange: Exchange): number {
  const payload = exchange.answer?.payload;
  if (payload === undefined) return HEAD_BYTES;
  // JSON escapes a quote or a line end with one more byte; XML has no other character that it would escape.
  if ('xml' in payload) return HEAD_BYTES + 2 * Buffer.byteLength(payload.xml);
  return HEAD_BYTES + ('gzip' in payload ? payload.gzip.length : payload.ref.length);
}

/** The same exchanges in the same order, in batches that each fit into one message. Nothing for nothing. */
export function inBatches(exchanges: readonly Exchange[], limit = MAX_REQUEST_BYTES): Exchange[][] {
  return splitBySize(exchanges, limit, { sizeOf });
}
