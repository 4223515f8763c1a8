import type { Exchange } from './exchange.ts';
import type { OutBuffer } from './out-buffer.ts';
import type { PeerSettings } from './peer-settings.ts';
import { ErrorCode, FIRST_WINDOW, Flag, FrameType, Http2Error, MOST_31_BITS } from './protocol.ts';

/** Sends the bodies of requests as far as the peer's windows let them (RFC 9113, 5.2 and 6.9). */
export class BodyFlow {
  private readonly out: OutBuffer;
  private readonly settings: PeerSettings;
  /** Of the whole connection. */
  private window = FIRST_WINDOW;
  private readonly blocked = new Map<number, Exchange>();

  constructor(out: OutBuffer, settings: PeerSettings) {
    this.out = out;
    this.settings = settings;
  }

  /** The whole body at once where it may go, which ends the stream on our side; the rest follows as windows open. */
  send(exchange: Exchange, body: string): void {
    const length = Buffer.byteLength(body);
    const { initialWindow, maxFrameBytes } = this.settings;
    if (length <= Math.min(this.window, initialWindow, maxFrameBytes) && this.blocked.size === 0) {
      this.window -= length;
      this.out.frameHead(length, FrameType.data, Flag.endStream, exchange.id);
      return this.out.utf8(body, length);
    }
    exchange.unsent = Buffer.from(body);
    exchange.window = initialWindow;
    this.blocked.set(exchange.id, exchange);
    this.goOn();
  }

  /** Something of its body has still to go. */
  isBlocked(exchange: Exchange): boolean {
    return exchange.unsent !== undefined;
  }

  /** Sends no more of it. */
  drop(exchange: Exchange): void {
    if (exchange.unsent === undefined) return;
    exchange.unsent = undefined;
    this.blocked.delete(exchange.id);
  }

  /** WINDOW_UPDATE. Of a stream whose body has gone it says nothing. */
  widen(streamId: number, increment: number): void {
    const stream = this.blocked.get(streamId);
    if (streamId === 0) this.window = widened(this.window, increment);
    else if (stream !== undefined) stream.window = widened(stream.window, increment);
    this.goOn();
  }

  /** SETTINGS_INITIAL_WINDOW_SIZE has changed by so much: windows may become negative (6.9.2). */
  shift(change: number): void {
    for (const stream of this.blocked.values()) stream.window = widened(stream.window, change);
    this.goOn();
  }

  private goOn(): void {
    for (const stream of this.blocked.values()) this.sendSome(stream);
  }

  private sendSome(stream: Exchange): void {
    while (stream.unsent !== undefined) {
      const { length } = stream.unsent;
      const count = Math.min(length, this.window, stream.window, this.settings.maxFrameBytes);
      if (count < length && count <= 0) return;
      this.out.frameHead(count, FrameType.data, count === length ? Flag.endStream : 0, stream.id);
      this.out.append(stream.unsent.subarray(0, count));
      this.window -= count;
      stream.window -= count;
      if (count === length) this.drop(stream);
      else stream.unsent = stream.unsent.subarray(count);
    }
  }
}

function widened(window: number, by: number): number {
  if (window + by <= MOST_31_BITS) return window + by;
  throw new Http2Error(ErrorCode.flowControlError, 'a window beyond 2^31 - 1');
}
