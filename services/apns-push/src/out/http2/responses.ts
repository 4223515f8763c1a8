import type { Exchange } from './exchange.ts';
import type { Frame } from './frame-reader.ts';
import { HeaderBlocks } from './header-blocks.ts';
import type { HeaderBlock } from './header-blocks.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import type { HeaderField } from './hpack-table.ts';
import type { OutBuffer } from './out-buffer.ts';
import {
  ErrorCode,
  FIRST_TABLE_BYTES,
  FIRST_WINDOW,
  Flag,
  FrameType,
  Http2Error,
  MAX_HEADER_BYTES,
} from './protocol.ts';

/** What becomes of streams. */
export interface Streams<E extends Exchange> {
  /** Undefined for one that is over. Throws Http2Error for one that was never begun. */
  find(streamId: number): E | undefined;
  /** The response is there. */
  end(exchange: E): void;
  /** The stream is of no use any more, the connection is. */
  reset(exchange: E, code: number): void;
}

/** What is kept of a body; the stream of a longer one is ended. APNs' have about 100 bytes. */
const MAX_BODY = 4096;

/** Reads responses (RFC 9113, 8.1) into their exchanges, and lets the peer send on (6.9). */
export class Responses<E extends Exchange> {
  private readonly out: OutBuffer;
  private readonly streams: Streams<E>;
  private readonly blocks = new HeaderBlocks();
  private readonly decoder = new HpackDecoder({ table: FIRST_TABLE_BYTES, list: MAX_HEADER_BYTES });
  private readonly onField = (field: HeaderField): void => this.take(field);
  /** Bytes that the peer may still send on this connection. */
  private window = FIRST_WINDOW;
  private status = 0;
  private retryAfter: string | undefined;

  constructor(out: OutBuffer, streams: Streams<E>) {
    this.out = out;
    this.streams = streams;
  }

  /** Of each frame, before anything else. */
  check(frame: Frame): void {
    this.blocks.check(frame);
  }

  onHeaders(frame: Frame): void {
    const exchange = this.streams.find(frame.streamId);
    const block = this.blocks.add(frame);
    if (block === undefined) return;
    this.status = 0;
    this.retryAfter = undefined;
    // Also for a stream that is over: the decoder has to see every block.
    this.decoder.decode(block.bytes, block.start, block.end, this.onField);
    if (exchange !== undefined) this.onBlock(exchange, block);
  }

  onData(frame: Frame): void {
    const exchange = this.streams.find(frame.streamId);
    this.count(frame.length);
    const endsStream = frame.has(Flag.endStream);
    frame.stripPadding();
    if (exchange === undefined) return;
    if (exchange.status === 0) return this.streams.reset(exchange, ErrorCode.protocolError);
    if (frame.length > 0) exchange.body += frame.bytes.toString('latin1', frame.start, frame.end);
    if (endsStream) this.streams.end(exchange);
    else if (exchange.body.length > MAX_BODY) this.streams.reset(exchange, ErrorCode.cancel);
  }

  private take({ name, value }: HeaderField): void {
    if (name === ':status') this.status = /^[1-9]\d\d$/.test(value) ? Number(value) : 0;
    else if (name === 'retry-after') this.retryAfter = value;
  }

  private onBlock(exchange: E, { endsStream }: HeaderBlock): void {
    const isTrailer = exchange.status > 0;
    // The final one follows an interim response (RFC 9110, 15.2).
    const isInterim = !isTrailer && this.status >= 100 && this.status < 200;
    const isSound = isTrailer ? endsStream : isInterim ? !endsStream : this.status > 0;
    if (!isSound) return this.streams.reset(exchange, ErrorCode.protocolError);
    if (!isTrailer && !isInterim) {
      exchange.status = this.status;
      exchange.retryAfter = this.retryAfter;
    }
    if (endsStream) this.streams.end(exchange);
  }

  /** The window is opened again once half of it is used. That of a stream never is: no body takes so much. */
  private count(length: number): void {
    this.window -= length;
    if (this.window < 0) throw new Http2Error(ErrorCode.flowControlError, 'more DATA than the window allows');
    if (this.window > FIRST_WINDOW / 2) return;
    this.out.frameHead(4, FrameType.windowUpdate, 0, 0);
    this.out.uint32(FIRST_WINDOW - this.window);
    this.window = FIRST_WINDOW;
  }
}
