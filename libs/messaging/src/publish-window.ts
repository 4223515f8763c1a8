import { AppError, CLOUD_EVENT } from '@lamplighter/contracts';
import type { OutboxRow } from '@lamplighter/runtime';
import { headers, type Msg, type MsgHdrs, type Subscription } from '@nats-io/nats-core';
import type { Broker } from './connection.ts';

/** A message to publish; `headers` are added to its id and content type. */
export interface Outgoing extends OutboxRow {
  headers?: Record<string, string>;
}

type Done = (error?: AppError) => void;

interface Pending {
  token: string;
  row: Outgoing;
  done: Done;
  resendAt: number;
  failAt: number;
}

export interface WindowOptions {
  /** Most messages that wait for their confirmation at a time. */
  size?: number;
  /** Sent again when not confirmed after this long, in real ms. */
  ackMs?: number;
  /** Given up after this long. */
  giveUpMs?: number;
}

const SWEEP_MS = 100;
const NOT_READY_MS = 250;
const NO_RESPONDERS = 503;
/** JetStream's own codes for a cluster that elects, and for peers that are away. */
const NOT_READY = new Set([10008, 10009]);

/**
 * Publishes to streams over one reply inbox, many messages in flight: the client library's own publish, with one
 * request for each message, ran at a sixth of this. A message is done exactly when the broker's confirmation came;
 * what was sent again meanwhile is dropped there by its message id.
 */
export class PublishWindow {
  private readonly broker: Broker;
  private readonly size: number;
  private readonly ackMs: number;
  private readonly giveUpMs: number;
  private readonly inbox: string;
  private readonly replies: Subscription;
  private readonly timer: NodeJS.Timeout;
  private readonly pending = new Map<string, Pending>();
  private waiting: Pending[] = [];
  /** Where the queue begins: shifting a long array moves all of it. */
  private head = 0;
  private next = 0;
  private closed = false;

  constructor(broker: Broker, options: WindowOptions = {}) {
    this.broker = broker;
    this.inbox = `${broker.inbox()}.`;
    this.size = options.size ?? 1_000;
    this.ackMs = options.ackMs ?? 5_000;
    this.giveUpMs = options.giveUpMs ?? 30_000;
    this.replies = broker.nc.subscribe(`${this.inbox}*`, {
      callback: (error, reply) => this.onReply(error, reply),
    });
    this.timer = setInterval(() => this.sweep(), SWEEP_MS).unref();
    broker.onReconnect(() => this.resendAll());
    broker.beforeClose(() => this.close());
  }

  /** Resolves when the broker has stored it. Throws AppError `publish.unconfirmed`, `publish.refused` or `message.too-large`. */
  send(row: Outgoing): Promise<void> {
    return new Promise((resolve, reject) => this.enqueue(row, (error) => (error ? reject(error) : resolve())));
  }

  /** Sends in order, resolves when every one is stored; throws the first failure once all have an end. */
  sendAll(rows: readonly Outgoing[]): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = rows.length;
      let failure: AppError | undefined;
      const done = (error?: AppError) => {
        failure ??= error;
        if (--left === 0) return failure ? reject(failure) : resolve();
      };
      if (left === 0) return resolve();
      for (const row of rows) this.enqueue(row, done);
    });
  }

  /** Waits for what is in flight as long as it may take to give up, then takes nothing more. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    while (this.pending.size > 0 && this.broker.connected) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const each of [...this.pending.values(), ...this.waiting.slice(this.head)])
      this.finish(each, unconfirmed(each.row));
    clearInterval(this.timer);
    this.replies.unsubscribe();
  }

  private enqueue(row: Outgoing, done: Done): void {
    const limit = this.broker.nc.info?.max_payload ?? Number.POSITIVE_INFINITY;
    if (row.payload.length > limit) return done(tooLarge(row, limit));
    if (this.closed) return done(unconfirmed(row));
    const each = {
      token: (this.next++).toString(36),
      row,
      done,
      resendAt: 0,
      failAt: Date.now() + this.giveUpMs,
    };
    if (this.pending.size >= this.size) this.waiting.push(each);
    else this.transmit(each);
  }

  private transmit(each: Pending): void {
    this.pending.set(each.token, each);
    each.resendAt = Date.now() + this.ackMs;
    try {
      this.broker.nc.publish(each.row.subject, each.row.payload, {
        reply: this.inbox + each.token,
        headers: headersOf(each.row),
      });
    } catch (error) {
      this.finish(each, unconfirmed(each.row, error));
    }
  }

  private onReply(error: Error | null, reply: Msg): void {
    if (error) return;
    const each = this.pending.get(reply.subject.slice(this.inbox.length));
    if (each === undefined) return;
    if (isConfirmation(reply)) return this.finish(each);
    if (reply.headers?.code === NO_RESPONDERS) return this.later(each);
    const refusal = refusalOf(reply);
    if (refusal && NOT_READY.has(refusal.err_code)) return this.later(each);
    this.finish(each, refusal && refused(each.row, refusal.description));
  }

  /** No stream listens yet (a broker that starts, or one that lost its store): soon again. */
  private later(each: Pending): void {
    each.resendAt = Date.now() + NOT_READY_MS;
  }

  private finish(each: Pending, error?: AppError): void {
    this.pending.delete(each.token);
    while (this.pending.size < this.size && this.head < this.waiting.length) this.transmit(this.waiting[this.head++]!);
    if (this.head * 2 >= this.waiting.length) this.dropSent();
    each.done(error);
  }

  private dropSent(): void {
    if (this.head === 0) return;
    this.waiting = this.waiting.slice(this.head);
    this.head = 0;
  }

  private sweep(): void {
    const now = Date.now();
    for (const each of this.pending.values()) {
      if (now >= each.failAt) this.finish(each, unconfirmed(each.row));
      else if (this.broker.connected && now >= each.resendAt) this.transmit(each);
    }
  }

  private resendAll(): void {
    for (const each of this.pending.values()) this.transmit(each);
  }
}

function headersOf(row: Outgoing): MsgHdrs {
  const all = headers();
  all.set('Nats-Msg-Id', row.messageId);
  // Lower-case, as CloudEvents names it: the names of NATS headers are case-sensitive.
  all.set('content-type', CLOUD_EVENT);
  for (const [name, value] of Object.entries(row.headers ?? {})) all.set(name, value);
  return all;
}

const STREAM = Buffer.from('{"stream"');

/** A confirmation begins with its stream, a refusal with its error: told apart without parsing a hundred thousand a second. */
function isConfirmation({ data }: Msg): boolean {
  return data.length > STREAM.length && STREAM.equals(data.subarray(0, STREAM.length));
}

function refusalOf(reply: Msg): { err_code: number; description: string } | undefined {
  const ack = JSON.parse(reply.string()) as { error?: { err_code: number; description: string } };
  return ack.error;
}

function unconfirmed(row: Outgoing, cause?: unknown): AppError {
  return new AppError('publish.unconfirmed', `the broker has not confirmed a message on ${row.subject}`, {
    outcome: 'retry',
    remedy: 'see whether NATS runs and its streams have room',
    cause,
  });
}

function refused(row: Outgoing, reason: string): AppError {
  return new AppError('publish.refused', `the broker refused a message on ${row.subject}: ${reason}`, {
    outcome: 'retry',
    remedy: 'see the limits of the stream (`nats stream info`); LAMP_NATS_MAX_BYTES sets its size',
  });
}

function tooLarge(row: Outgoing, limit: number): AppError {
  return new AppError(
    'message.too-large',
    `a message on ${row.subject} has ${row.payload.length} bytes; the broker takes ${limit}`,
    {
      remedy: 'split the batch, or raise max_payload of the NATS server',
    },
  );
}
