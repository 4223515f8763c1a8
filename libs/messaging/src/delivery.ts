import { type Msg, type MsgHdrs, nanos } from '@nats-io/nats-core';

/**
 * One delivery of a stored message. Settled once; later calls change nothing.
 * Its reply subject is `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<sequence>.<of consumer>.<stored at>.…`,
 * settled by its answer
 * (https://docs.nats.io/reference/reference-protocols/nats_api_reference#acknowledging-messages).
 */
export class Delivery {
  readonly stream: string;
  readonly sequence: number;
  /** How often it was handed out, this time included. */
  readonly count: number;
  /** When the broker stored it. */
  readonly storedAt: Date;
  private readonly msg: Msg;
  private settled = false;

  constructor(msg: Msg) {
    this.msg = msg;
    const tokens = msg.reply!.split('.');
    const start = tokens.length > 9 ? 4 : 2;
    this.stream = tokens[start]!;
    this.count = Number(tokens[start + 2]);
    this.sequence = Number(tokens[start + 3]);
    // In nanoseconds, beyond what a number holds.
    this.storedAt = new Date(Number(tokens[start + 5]!.slice(0, -6)));
  }

  static isDelivery(msg: Msg): boolean {
    return msg.reply?.startsWith('$JS.ACK.') === true;
  }

  get subject(): string {
    return this.msg.subject;
  }

  get data(): Uint8Array {
    return this.msg.data;
  }

  get headers(): MsgHdrs | undefined {
    return this.msg.headers;
  }

  text(): string {
    return this.msg.string();
  }

  ack(): void {
    this.settle('+ACK');
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
    if (!this.settled) this.msg.respond('+WPI');
  }

  private settle(answer: string): void {
    if (this.settled) return;
    this.settled = true;
    this.msg.respond(answer);
  }
}
