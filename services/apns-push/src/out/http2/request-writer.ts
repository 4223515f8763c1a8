import type { BodyFlow } from './body-flow.ts';
import type { Exchange } from './exchange.ts';
import type { OutBuffer } from './out-buffer.ts';
import type { PeerSettings } from './peer-settings.ts';
import { Flag, FRAME_HEAD_BYTES, FrameType } from './protocol.ts';
import type { RequestEncoder } from './request-encoder.ts';

/** Writes requests (RFC 9113, 8.1): their headers, then as much of the body as may go. */
export class RequestWriter {
  private readonly out: OutBuffer;
  private readonly settings: PeerSettings;
  private readonly encoder: RequestEncoder;
  private readonly bodies: BodyFlow;

  constructor(out: OutBuffer, settings: PeerSettings, encoder: RequestEncoder, bodies: BodyFlow) {
    this.out = out;
    this.settings = settings;
    this.encoder = encoder;
    this.bodies = bodies;
  }

  write(exchange: Exchange, values: readonly string[], body: string): void {
    const at = this.out.length;
    this.out.frameHead(0, FrameType.headers, Flag.endHeaders, exchange.id);
    this.encoder.encode(this.out, values);
    const length = this.out.length - at - FRAME_HEAD_BYTES;
    if (length <= this.settings.maxFrameBytes) this.out.setFrameLength(at, length);
    else this.split(at, exchange.id);
    this.bodies.send(exchange, body);
  }

  /** A header block that is longer than a frame (RFC 9113, 6.10). */
  private split(at: number, streamId: number): void {
    const block = this.out.cut(at).subarray(FRAME_HEAD_BYTES);
    const { maxFrameBytes } = this.settings;
    for (let start = 0; start < block.length; start += maxFrameBytes) {
      const piece = block.subarray(start, start + maxFrameBytes);
      const type = start === 0 ? FrameType.headers : FrameType.continuation;
      const isLast = start + maxFrameBytes >= block.length;
      this.out.frameHead(piece.length, type, isLast ? Flag.endHeaders : 0, streamId);
      this.out.append(piece);
    }
  }
}
