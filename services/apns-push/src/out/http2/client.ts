import { BodyFlow } from './body-flow.ts';
import type { Exchange } from './exchange.ts';
import { FrameReader } from './frame-reader.ts';
import type { Frame } from './frame-reader.ts';
import { OutBuffer } from './out-buffer.ts';
import { PeerSettings } from './peer-settings.ts';
import {
  ErrorCode,
  Flag,
  FrameType,
  Http2Error,
  MAX_HEADER_BYTES,
  MOST_31_BITS,
  PREFACE,
  Setting,
} from './protocol.ts';
import { RequestEncoder } from './request-encoder.ts';
import type { RequestField } from './request-encoder.ts';
import { RequestWriter } from './request-writer.ts';
import { Responses } from './responses.ts';

export interface ClientListener<E extends Exchange> {
  /**
   * Once for each exchange. Its status is 0 where no response came; `isUntouched`: certain that the peer has done nothing
   * with it, so that it may be sent again elsewhere (RFC 9113, 8.7).
   */
  ended(exchange: E, isUntouched: boolean): void;
  /** The peer takes no more requests. `data` in latin1. Those that it has not touched end right after. */
  goneAway(code: number, data: string): void;
  /** All that was received has been read. */
  heard(): void;
  /** The answer to `ping`. */
  pong(): void;
}

/** What a client needs of its socket. */
export interface Wire {
  readonly writable: boolean;
  /** Bytes that wait to be written. */
  readonly writableLength: number;
  write(bytes: Buffer): unknown;
  end(): unknown;
  destroy(error: Error): unknown;
}

export interface ClientOptions<E extends Exchange> {
  /** Open, and agreed on h2 (ALPN). What it brings is for `receive`, its end for `endAll`. */
  readonly socket: Wire;
  readonly fields: readonly RequestField[];
  readonly listener: ClientListener<E>;
  /** Odd. 1 unless given. */
  readonly firstStreamId?: number;
}

/** What may wait to be written: then no new requests are taken. */
const MAX_UNSENT = 256 * 1024;
/** A peer that asks and does not read. */
const MAX_UNREAD = 1024 * 1024;
const PING_BYTES = 8;
const MAX_GOODBYE = 1024;

/**
 * The client's side of one HTTP/2 connection (RFC 9113), for many small requests of one kind. What all that is asked in one
 * turn of the event loop needs leaves in one write: dozens of requests in one TLS record. Whatever the peer sends, the
 * memory it takes is bounded; what breaks the protocol ends the connection with a Http2Error.
 */
export class Http2Client<E extends Exchange> {
  private readonly socket: Wire;
  private readonly listener: ClientListener<E>;
  private readonly out = new OutBuffer();
  private readonly settings = new PeerSettings();
  private readonly encoder: RequestEncoder;
  private readonly requests: RequestWriter;
  private readonly bodies = new BodyFlow(this.out, this.settings);
  private readonly responses: Responses<E>;
  private readonly reader = new FrameReader((frame) => this.onFrame(frame));
  /** In the order in which they were sent. */
  private readonly running = new Map<number, E>();
  private nextId: number;
  /** Streams from here on have not been written yet. */
  private unwrittenFrom: number;
  private lastProcessed = Infinity;
  private state: 'greeting' | 'open' | 'leaving' | 'ended' = 'greeting';
  private isFlushing = false;

  constructor({ socket, fields, listener, firstStreamId = 1 }: ClientOptions<E>) {
    this.socket = socket;
    this.listener = listener;
    this.nextId = firstStreamId;
    this.unwrittenFrom = firstStreamId;
    this.encoder = new RequestEncoder(fields);
    this.requests = new RequestWriter(this.out, this.settings, this.encoder, this.bodies);
    this.responses = new Responses(this.out, {
      end: (exchange) => this.end(exchange, false),
      reset: (exchange, code) => this.reset(exchange, code),
      find: (streamId) => this.find(streamId),
    });
    this.greet();
  }

  get inFlight(): number {
    return this.running.size;
  }

  /** In the order in which they were sent. */
  get exchanges(): Iterable<E> {
    return this.running.values();
  }

  /** The peer's SETTINGS are there. */
  get isReady(): boolean {
    return this.state !== 'greeting';
  }

  /** How many more requests it takes now; 0 before the peer's SETTINGS and after its GOAWAY. */
  get room(): number {
    if (this.state !== 'open' || this.isSpent || this.unsentBytes > MAX_UNSENT) return 0;
    return this.settings.maxConcurrentStreams - this.running.size;
  }

  /** There is no stream id left: only another connection takes requests (RFC 9113, 5.1.1). */
  get isSpent(): boolean {
    return this.nextId > MOST_31_BITS;
  }

  /** To be called only while there is room. @param values of the fields that have none of their own. @param body may be empty */
  send(exchange: E, values: readonly string[], body: string): void {
    exchange.id = this.nextId;
    this.nextId += 2;
    this.running.set(exchange.id, exchange);
    this.requests.write(exchange, values, body);
    this.flushSoon();
  }

  /** What the peer sent. Never throws: where it makes no sense, the socket is destroyed with a Http2Error. */
  receive(chunk: Buffer): void {
    if (this.state === 'ended') return;
    try {
      this.reader.read(chunk);
    } catch (error) {
      // Nothing more is told before the end of the socket, with its reason.
      return this.fail(error instanceof Error ? error : new Error(String(error)));
    }
    if (this.out.length > 0) this.flushSoon();
    this.listener.heard();
  }

  /** Nobody waits for it any more; its end is not told. */
  cancel(exchange: E): void {
    this.forget(exchange);
    this.sendReset(exchange.id, ErrorCode.cancel);
  }

  ping(): void {
    this.out.frameHead(PING_BYTES, FrameType.ping, 0, 0);
    this.out.append(Buffer.alloc(PING_BYTES));
    this.flushSoon();
  }

  /** Says goodbye once all is written. What still runs has no answer. */
  close(): void {
    if (this.state === 'ended') return;
    this.sayGoodbye(ErrorCode.noError);
    this.socket.end();
  }

  /** The socket is closed, or will be: all that runs ends. */
  endAll(): void {
    this.state = 'ended';
    for (const exchange of this.running.values()) {
      const isUntouched = exchange.id > this.lastProcessed || exchange.id >= this.unwrittenFrom;
      this.end(exchange, isUntouched);
    }
  }

  private get unsentBytes(): number {
    return this.out.length + this.socket.writableLength;
  }

  /** RFC 9113, 3.4 */
  private greet(): void {
    this.out.append(PREFACE);
    this.out.frameHead(12, FrameType.settings, 0, 0);
    this.out.uint16(Setting.enablePush);
    this.out.uint32(0);
    this.out.uint16(Setting.maxHeaderListSize);
    this.out.uint32(MAX_HEADER_BYTES);
    this.flushSoon();
  }

  private flushSoon(): void {
    if (this.isFlushing) return;
    this.isFlushing = true;
    setImmediate(() => this.flush());
  }

  private flush(): void {
    this.isFlushing = false;
    if (this.out.length === 0 || !this.socket.writable) return;
    this.socket.write(this.out.take());
    this.unwrittenFrom = this.nextId;
  }

  private fail(error: Error): void {
    this.state = 'ended';
    this.sayGoodbye(error instanceof Http2Error ? error.code : ErrorCode.internalError);
    this.socket.destroy(error);
  }

  private sayGoodbye(code: number): void {
    this.state = 'ended';
    this.out.frameHead(8, FrameType.goaway, 0, 0);
    this.out.uint32(0);
    this.out.uint32(code);
    this.flush();
  }

  private onFrame(frame: Frame): void {
    // Whoever heard of the frames before may have ended it.
    if (this.state === 'ended') return;
    this.responses.check(frame);
    if (this.state === 'greeting' && frame.type !== FrameType.settings) throw broken('no SETTINGS at first');
    switch (frame.type) {
      case FrameType.headers:
      case FrameType.continuation:
        return this.responses.onHeaders(frame);
      case FrameType.data:
        return this.responses.onData(frame);
      case FrameType.rstStream:
        return this.onReset(frame);
      case FrameType.windowUpdate:
        return this.onWindowUpdate(frame);
      case FrameType.priority:
        return;
      case FrameType.pushPromise:
        throw broken('PUSH_PROMISE, which SETTINGS forbid');
      default:
        return this.onConnectionFrame(frame);
    }
  }

  /** Those that are about no stream. Unknown types are passed over (RFC 9113, 5.5). */
  private onConnectionFrame(frame: Frame): void {
    if (frame.type > FrameType.continuation) return;
    if (frame.streamId !== 0) throw broken(`frame type ${frame.type} on a stream`);
    if (frame.type === FrameType.settings) this.onSettings(frame);
    else if (frame.type === FrameType.ping) this.onPing(frame);
    else this.onGoaway(frame);
  }

  private onSettings(frame: Frame): void {
    if (frame.has(Flag.ack)) {
      if (frame.length > 0) throw new Http2Error(ErrorCode.frameSizeError, 'an acknowledgement with SETTINGS in it');
      if (this.state === 'greeting') throw broken('no SETTINGS at first');
      return;
    }
    const before = this.settings.initialWindow;
    this.settings.read(frame);
    this.refuseUnread();
    this.out.frameHead(0, FrameType.settings, Flag.ack, 0);
    // After the acknowledgement: for the peer they hold from there on.
    this.bodies.shift(this.settings.initialWindow - before);
    if (this.settings.headerTableBytes !== undefined) this.encoder.resize(this.settings.headerTableBytes);
    if (this.state === 'greeting') this.state = 'open';
  }

  private onPing(frame: Frame): void {
    if (frame.length !== PING_BYTES) throw new Http2Error(ErrorCode.frameSizeError, 'a PING that is not of 8 bytes');
    if (frame.has(Flag.ack)) return this.listener.pong();
    this.refuseUnread();
    this.out.frameHead(PING_BYTES, FrameType.ping, Flag.ack, 0);
    this.out.append(frame.bytes.subarray(frame.start, frame.end));
  }

  private onGoaway(frame: Frame): void {
    if (frame.length < 8) throw new Http2Error(ErrorCode.frameSizeError, 'a GOAWAY that is cut off');
    const last = frame.uint32(0) & MOST_31_BITS;
    if (last > this.lastProcessed) throw broken('a GOAWAY that takes back the one before');
    this.lastProcessed = last;
    this.state = 'leaving';
    const from = frame.start + 8;
    this.listener.goneAway(
      frame.uint32(4),
      frame.bytes.toString('latin1', from, Math.min(frame.end, from + MAX_GOODBYE)),
    );
    for (const exchange of this.running.values()) if (exchange.id > last) this.end(exchange, true);
  }

  private onReset(frame: Frame): void {
    if (frame.length !== 4) throw new Http2Error(ErrorCode.frameSizeError, 'an RST_STREAM that is not of 4 bytes');
    const exchange = this.find(frame.streamId);
    if (exchange !== undefined) this.end(exchange, frame.uint32(0) === ErrorCode.refusedStream);
  }

  private onWindowUpdate(frame: Frame): void {
    if (frame.length !== 4) throw new Http2Error(ErrorCode.frameSizeError, 'a WINDOW_UPDATE that is not of 4 bytes');
    if (frame.streamId !== 0) this.find(frame.streamId);
    const increment = frame.uint32(0) & MOST_31_BITS;
    if (increment === 0) throw broken('a WINDOW_UPDATE by nothing');
    this.bodies.widen(frame.streamId, increment);
  }

  /** Undefined for one that is over. Throws for one that was never begun. */
  private find(streamId: number): E | undefined {
    if (streamId >= this.nextId || streamId % 2 === 0)
      throw broken(`a frame of stream ${streamId}, which nobody opened`);
    return this.running.get(streamId);
  }

  private end(exchange: E, isUntouched: boolean): void {
    // A peer may answer before it has read the whole body (RFC 9113, 8.1).
    if (this.bodies.isBlocked(exchange) && this.state !== 'ended') this.sendReset(exchange.id, ErrorCode.cancel);
    this.forget(exchange);
    this.listener.ended(exchange, isUntouched && exchange.status === 0);
  }

  private forget(exchange: E): void {
    this.bodies.drop(exchange);
    this.running.delete(exchange.id);
  }

  private reset(exchange: E, code: number): void {
    this.forget(exchange);
    this.sendReset(exchange.id, code);
    this.listener.ended(exchange, false);
  }

  private sendReset(streamId: number, code: number): void {
    this.out.frameHead(4, FrameType.rstStream, 0, streamId);
    this.out.uint32(code);
    this.flushSoon();
  }

  private refuseUnread(): void {
    if (this.unsentBytes > MAX_UNREAD)
      throw new Http2Error(ErrorCode.enhanceYourCalm, 'a peer that asks and does not read');
  }
}

const broken = (what: string): Http2Error => new Http2Error(ErrorCode.protocolError, what);
