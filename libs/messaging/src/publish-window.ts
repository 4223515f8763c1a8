import type { AppError } from '@lamplighter/contracts';
import { randomBytes } from 'node:crypto';
import type { Msg, Subscription } from '@nats-io/nats-core';
import type { Broker } from './connection.ts';
import { streamOfSubject } from './names.ts';
import { batchesOf, batchReply } from './publish-batch.ts';
import { refused, tooLarge, unconfirmed } from './publish-errors.ts';
import { readBatchReply, readReply } from './publish-reply.ts';
import { type Outgoing, Wire, writable, type Writable } from './wire.ts';

export type { Outgoing } from './wire.ts';

type Done = (error?: AppError) => void;

/** A message that has no end yet. */
interface Pending extends Writable {
  done: Done;
  failAt: number;
}

/** What was sent under one token: one message, or a batch of one stream. */
interface Flight {
  token: string;
  messages: readonly Pending[];
  resendAt: number;
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
/** JetStream's code for a stream without `allow_batched`. */
const NO_BATCHES = 10205;

/**
 * Publishes to streams over one reply inbox, many messages in flight: the client library's own publish, with one
 * request for each message, ran at a sixth of this. A message is done exactly when the broker's confirmation came;
 * what was sent again meanwhile is dropped there by its message id.
 *
 * Many messages that go to one stream at the same time are one batch of fast ingest, confirmed once. What a batch leaves
 * unconfirmed, for whatever reason, is sent again message by message, so each has an answer of its own.
 */
export class PublishWindow {
  private readonly broker: Broker;
  private readonly size: number;
  private readonly ackMs: number;
  private readonly giveUpMs: number;
  private readonly inbox: string;
  private readonly wire: Wire;
  private readonly replies: Subscription;
  private readonly timer: NodeJS.Timeout;
  private readonly flights = new Map<string, Flight>();
  /** Messages of all flights, and those about to be sent. */
  private inFlight = 0;
  private outgoing: Pending[] = [];
  private waiting: Pending[] = [];
  /** Where the queue begins: shifting a long array moves all of it. */
  private head = 0;
  /** The broker knows a batch by its token, among those of all publishers of a stream. */
  private readonly tokens = randomBytes(6).toString('base64url');
  private next = 0;
  /** Streams that took no batch; asked again after a reconnection. */
  private readonly unbatched = new Set<string>();
  private closed = false;

  constructor(broker: Broker, options: WindowOptions = {}) {
    this.broker = broker;
    this.inbox = `${broker.inbox()}.`;
    this.size = options.size ?? 1_000;
    this.ackMs = options.ackMs ?? 5_000;
    this.giveUpMs = options.giveUpMs ?? 30_000;
    this.wire = new Wire(broker.nc);
    this.replies = broker.nc.subscribe(`${this.inbox}>`, {
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
    while (this.inFlight > 0 && this.broker.connected) await new Promise((resolve) => setTimeout(resolve, 20));
    clearInterval(this.timer);
    this.replies.unsubscribe();
    for (const { done, row } of this.takeAll()) done(unconfirmed(row));
  }

  private takeAll(): Pending[] {
    const sent = [...this.flights.values()].flatMap(({ messages }) => messages);
    const all = [...sent, ...this.outgoing, ...this.waiting.slice(this.head)];
    this.flights.clear();
    this.outgoing = [];
    this.waiting = [];
    this.head = 0;
    this.inFlight = 0;
    return all;
  }

  private enqueue(row: Outgoing, done: Done): void {
    if (this.closed || this.broker.nc.isClosed()) return done(unconfirmed(row));
    let each: Pending;
    try {
      const { head, headBytes } = writable(row);
      each = { row, head, headBytes, done, failAt: Date.now() + this.giveUpMs };
    } catch (error) {
      return done(refused(row, (error as Error).message));
    }
    const limit = this.broker.nc.info?.max_payload ?? Number.POSITIVE_INFINITY;
    const bytes = each.headBytes + row.payload.length;
    if (bytes > limit) return done(tooLarge(row, bytes, limit));
    if (this.inFlight >= this.size) this.waiting.push(each);
    else this.transmit(each);
  }

  /** With all else that is to be sent in this turn. */
  private transmit(each: Pending): void {
    this.inFlight += 1;
    if (this.outgoing.push(each) === 1) queueMicrotask(() => this.launch());
  }

  private launch(): void {
    const all = this.outgoing;
    this.outgoing = [];
    const resendAt = Date.now() + this.ackMs;
    for (const messages of batchesOf(all, (subject) => this.batchStream(subject)))
      this.post(this.fly(messages, resendAt));
    this.wire.flush();
  }

  /** The stream of a subject where it may take batches. */
  private batchStream(subject: string): string | undefined {
    const stream = streamOfSubject(this.broker.prefix, subject);
    return stream === undefined || this.unbatched.has(stream) ? undefined : stream;
  }

  private fly(messages: readonly Pending[], resendAt: number): Flight {
    const flight = { token: this.tokens + (this.next++).toString(36), messages, resendAt };
    this.flights.set(flight.token, flight);
    return flight;
  }

  private post({ token, messages }: Flight): void {
    const { length } = messages;
    if (length === 1) return this.wire.add(messages[0]!, this.inbox + token);
    for (let n = 0; n < length; n++) this.wire.add(messages[n]!, batchReply(this.inbox, token, n, length));
  }

  private onReply(error: Error | null, msg: Msg): void {
    if (error) return;
    const place = msg.subject.slice(this.inbox.length);
    const dot = place.indexOf('.');
    const flight = this.flights.get(dot < 0 ? place : place.slice(0, dot));
    if (flight === undefined) return;
    const batch = flight.messages.length > 1;
    const reply = batch ? readBatchReply(msg) : readReply(msg);
    if (reply.kind === 'stored') this.stored(flight, reply.count);
    else if (reply.kind === 'not-ready') this.later(flight);
    else if (reply.kind === 'refused') {
      if (!batch) this.end(flight, (row) => refused(row, reply.reason));
      else this.oneByOne(flight, reply.code === NO_BATCHES);
    }
  }

  private stored(flight: Flight, count: number): void {
    if (count >= flight.messages.length) return this.end(flight);
    // No batch has an end without a message: this broker took them for messages of their own.
    if (count === 0) return this.oneByOne(flight, true);
    this.end({ ...flight, messages: flight.messages.slice(0, count) });
    this.apart(flight.messages.slice(count), 0);
    this.sweep();
  }

  /** Each message again, for an answer of its own; `always`: so does whatever comes after it on this stream. */
  private oneByOne(flight: Flight, always: boolean): void {
    if (always) this.unbatched.add(streamOfSubject(this.broker.prefix, flight.messages[0]!.row.subject)!);
    this.flights.delete(flight.token);
    this.apart(flight.messages, 0);
    this.sweep();
  }

  /** No stream listens yet (a broker that starts, or one that lost its store): soon again. */
  private later(flight: Flight): void {
    this.flights.delete(flight.token);
    this.apart(flight.messages, Date.now() + NOT_READY_MS);
  }

  /** Each a flight of its own, sent at the next look after `resendAt`. */
  private apart(messages: readonly Pending[], resendAt: number): void {
    for (const each of messages) this.fly([each], resendAt);
  }

  private end(flight: Flight, errorOf?: (row: Outgoing) => AppError): void {
    this.flights.delete(flight.token);
    this.inFlight -= flight.messages.length;
    while (this.inFlight < this.size && this.head < this.waiting.length) this.transmit(this.waiting[this.head++]!);
    if (this.head * 2 >= this.waiting.length) this.dropSent();
    for (const { done, row } of flight.messages) done(errorOf?.(row));
  }

  private dropSent(): void {
    if (this.head === 0) return;
    this.waiting = this.waiting.slice(this.head);
    this.head = 0;
  }

  private sweep(): void {
    const now = Date.now();
    for (const flight of this.flights.values()) {
      const [first] = flight.messages;
      const due = now >= first!.failAt || (this.broker.connected && now >= flight.resendAt);
      if (!due) continue;
      if (flight.messages.length > 1) {
        this.flights.delete(flight.token);
        // Looked at further on in this loop.
        this.apart(flight.messages, 0);
      } else if (now >= first!.failAt) this.end(flight, unconfirmed);
      else {
        flight.resendAt = now + this.ackMs;
        this.post(flight);
      }
    }
    this.wire.flush();
  }

  private resendAll(): void {
    this.unbatched.clear();
    for (const flight of this.flights.values()) flight.resendAt = 0;
    this.sweep();
  }
}
