import { type Arrival, tenantOfSubject } from '@lamplighter/contracts';
import { type Msg, type MsgHdrs, nanos } from '@nats-io/nats-core';
import { MsgImpl } from '@nats-io/nats-core/internal';
import type { Wire } from './wire.ts';

/** Places after `$JS.ACK.[<domain>.<account>.]` in the subject that a delivery is settled on. */
const STREAM = 0;
const DELIVERIES = 2;
const SEQUENCE = 3;
const STORED_AT = 5;

const ACK = '+ACK';
const WORKING = Buffer.from('+WPI');

/**
 * One delivery of a stored message. Settled once; later calls change nothing. What is said about it is read when it is
 * asked for: of most deliveries little is.
 * Its reply subject is `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<sequence>.<of consumer>.<stored at>.…`,
 * settled by its answer
 * (https://docs.nats.io/reference/reference-protocols/nats_api_reference#acknowledging-messages).
 */
export class Delivery implements Arrival {
  private readonly msg: Msg;
  private settled = false;

  constructor(msg: Msg) {
    this.msg = msg;
  }

  static isDelivery(msg: Msg): boolean {
    return msg.reply?.startsWith('$JS.ACK.') === true;
  }

  get stream(): string {
    return this.said(STREAM);
  }

  get sequence(): number {
    return Number(this.said(SEQUENCE));
  }

  /** How often it was handed out, this time included. */
  get count(): number {
    return Number(this.said(DELIVERIES));
  }

  /** When the broker stored it. */
  get at(): Date {
    // In nanoseconds, beyond what a number holds.
    return new Date(Number(this.said(STORED_AT).slice(0, -6)));
  }

  get subject(): string {
    return this.msg.subject;
  }

  get tenant(): string {
    return tenantOfSubject(this.msg.subject);
  }

  get data(): Uint8Array {
    return this.msg.data;
  }

  /** Undefined where there are none, or none that can be read: the broker looks at nothing that its publisher wrote into them. */
  get headers(): MsgHdrs | undefined {
    try {
      return this.msg.headers;
    } catch {
      return undefined;
    }
  }

  /** False where this name is not among the bytes of its headers: parsing those would cost more than all else of a message. */
  mayHaveHeader(name: Buffer): boolean {
    const { msg } = this;
    if (!(msg instanceof MsgImpl)) return true;
    const { hdr } = msg._msg;
    return hdr > 0 && Buffer.from(msg._rdata.buffer, msg._rdata.byteOffset, hdr).includes(name);
  }

  text(): string {
    return this.msg.string();
  }

  ack(): void {
    this.settle(ACK);
  }

  /** As `ack`, with the wire's next flush: a third of the cost where many are settled at a time. */
  ackOn(wire: Wire): void {
    if (this.settled) return;
    this.settled = true;
    wire.answer(this.msg.reply!, ACK);
  }

  /** Delivered again after `delayMs`. */
  nak(delayMs: number): void {
    this.settle(`-NAK ${JSON.stringify({ delay: nanos(delayMs) })}`);
  }

  /** Never delivered again; on a work queue it is gone. */
  term(): void {
    this.settle('+TERM');
  }

  /** Still in hand: starts the wait for its settlement anew. */
  working(): void {
    if (!this.settled) this.msg.respond(WORKING);
  }

  private settle(answer: string | Uint8Array): void {
    if (this.settled) return;
    this.settled = true;
    this.msg.respond(answer);
  }

  private said(place: number): string {
    const reply = this.msg.reply!;
    const first = dotsIn(reply) > 8 ? 4 : 2;
    let start = 0;
    for (let token = 0; token < first + place; token++) start = reply.indexOf('.', start) + 1;
    return reply.slice(start, reply.indexOf('.', start));
  }
}

function dotsIn(text: string): number {
  let dots = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) === 46) dots++;
  return dots;
}
