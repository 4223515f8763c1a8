import type { Msg } from '@nats-io/nats-core';

/** What the broker says of a message, or of a batch of them. */
export type Reply =
  /** Stored: all of the first `count` messages of a batch. */
  | { kind: 'stored'; count: number }
  /** On its way: news of a batch whose end is told of later. */
  | { kind: 'progress' }
  /** No stream listens, or none that can take anything yet. */
  | { kind: 'not-ready' }
  /** Not stored, by the broker's code and words. */
  | { kind: 'refused'; code: number; reason: string };

const NO_RESPONDERS = 503;
/** JetStream's own codes for a cluster that elects, and for peers that are away. */
const NOT_READY = new Set([10008, 10009]);
const STREAM = Buffer.from('{"stream"');

interface Said {
  stream?: string;
  /** Of the end of a batch: how many of its messages were taken, those included that were stored before. */
  count?: number;
  type?: 'ack' | 'gap' | 'err';
  error?: { err_code: number; description: string };
}

/** Of a message that was sent alone. A confirmation begins with its stream: a hundred thousand a second need no parsing. */
export function readReply(msg: Msg): Reply {
  if (msg.data.length > STREAM.length && STREAM.equals(msg.data.subarray(0, STREAM.length)))
    return { kind: 'stored', count: 1 };
  return failureOf(msg) ?? { kind: 'stored', count: 1 };
}

/** Of a batch of fast ingest; a confirmation without a count is of one message: this broker knows of no batch. */
export function readBatchReply(msg: Msg): Reply {
  const failure = failureOf(msg);
  if (failure) return failure;
  const said = msg.json<Said>();
  if (said.type !== undefined) return { kind: 'progress' };
  return { kind: 'stored', count: said.count ?? 0 };
}

function failureOf(msg: Msg): Reply | undefined {
  if (msg.headers?.code === NO_RESPONDERS) return { kind: 'not-ready' };
  const { type, error } = msg.json<Said>();
  // Of one message of a batch: its end is told of next.
  if (type === 'err') return { kind: 'progress' };
  if (error === undefined) return undefined;
  if (NOT_READY.has(error.err_code)) return { kind: 'not-ready' };
  return { kind: 'refused', code: error.err_code, reason: error.description };
}
