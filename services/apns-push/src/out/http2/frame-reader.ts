import { ErrorCode, Flag, FRAME_HEAD_BYTES, Http2Error, LEAST_MAX_FRAME_BYTES } from './protocol.ts';

/** A frame (RFC 9113, 4.1). The same object for each: true only while it is handed over. */
export class Frame {
  type = 0;
  flags = 0;
  streamId = 0;
  /** Where its payload lies, from `start` up to `end`. */
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;

  get length(): number {
    return this.end - this.start;
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  /** An unsigned 32-bit number of the payload. */
  uint32(offset: number): number {
    return this.bytes.readUInt32BE(this.start + offset);
  }

  /** Narrows the payload to what is not padding (6.1). */
  stripPadding(): void {
    if (!this.has(Flag.padded)) return;
    if (this.length === 0)
      throw new Http2Error(ErrorCode.frameSizeError, 'a padded frame without its length of padding');
    this.end -= this.bytes[this.start]!;
    this.start += 1;
    if (this.start > this.end)
      throw new Http2Error(ErrorCode.protocolError, 'more padding than the frame has room for');
  }
}

/** Cuts what arrives, in whatever pieces, into frames. Holds at most one frame that is not whole yet. */
export class FrameReader {
  private readonly frame = new Frame();
  private readonly onFrame: (frame: Frame) => void;
  private rest: Buffer | undefined;

  constructor(onFrame: (frame: Frame) => void) {
    this.onFrame = onFrame;
  }

  /** Throws Http2Error for a frame that is too long, and what `onFrame` throws; it is of no use after that. */
  read(chunk: Buffer): void {
    const bytes = this.rest === undefined ? chunk : Buffer.concat([this.rest, chunk]);
    const { frame } = this;
    let at = 0;
    while (bytes.length - at >= FRAME_HEAD_BYTES) {
      const length = bytes.readUIntBE(at, 3);
      if (length > LEAST_MAX_FRAME_BYTES) {
        throw new Http2Error(
          ErrorCode.frameSizeError,
          `a frame of ${length} bytes; ${LEAST_MAX_FRAME_BYTES} are allowed`,
        );
      }
      const start = at + FRAME_HEAD_BYTES;
      if (bytes.length - start < length) break;
      frame.bytes = bytes;
      frame.type = bytes[at + 3]!;
      frame.flags = bytes[at + 4]!;
      frame.streamId = bytes.readUInt32BE(at + 5) & 0x7fff_ffff;
      frame.start = start;
      at = frame.end = start + length;
      this.onFrame(frame);
    }
    this.rest = at < bytes.length ? bytes.subarray(at) : undefined;
  }
}
