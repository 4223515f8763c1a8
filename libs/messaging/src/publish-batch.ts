import type { Writable } from './wire.ts';

/** Fewer gain nothing: the broker answers the start and the end of a batch, and each message that is alone once. */
const FEWEST = 64;
/** More are several batches: while the broker confirms one, the next is on its way. */
const MOST = 250;
const MOST_BYTES = 1 << 20;

const START = 0;
const APPEND = 1;
const STORE_AND_END = 2;

/**
 * Messages that go out at the same time, parted into what is sent as one batch and what is sent alone, in order as far as
 * they are for one stream. `streamOf` is undefined for what is not to be sent in batches.
 */
export function batchesOf<T extends Writable>(
  all: readonly T[],
  streamOf: (subject: string) => string | undefined,
): T[][] {
  if (all.length < FEWEST) return all.map((each) => [each]);
  const streams = Map.groupBy(all, ({ row }) => streamOf(row.subject));
  return [...streams].flatMap(([stream, messages]) =>
    stream === undefined || messages.length < FEWEST ? messages.map((each) => [each]) : split(messages),
  );
}

function split<T extends Writable>(messages: readonly T[]): T[][] {
  const batches: T[][] = [];
  let batch: T[] = [];
  let bytes = 0;
  for (const each of messages) {
    bytes += each.row.payload.length;
    if (batch.length === MOST || (batch.length > 0 && bytes > MOST_BYTES)) {
      batches.push(batch);
      batch = [];
      bytes = each.row.payload.length;
    }
    batch.push(each);
  }
  return [...batches, batch];
}

/**
 * Where the broker answers the `n`th message (from 0) of a batch: `<inbox>.<batch>.<ack each>.<gaps>.<nth>.<operation>.$FI`.
 * `fail`: a message that is missing or refused ends the batch; what came before it is stored, nothing after it is.
 * (https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-50.md, fast-ingest batch publishing)
 */
export function batchReply(inbox: string, batch: string, n: number, size: number): string {
  const operation = n + 1 === size ? STORE_AND_END : n === 0 ? START : APPEND;
  return `${inbox}${batch}.${size}.fail.${n + 1}.${operation}.$FI`;
}
