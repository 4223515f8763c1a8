import { FRAME_HEAD_BYTES } from './protocol.ts';

const LEAST_BYTES = 1_024;

/** Bytes on their way out: the frames of many requests, gathered for one write. Grows as needed. */
export class OutBuffer {
  private bytes: Buffer = Buffer.allocUnsafe(LEAST_BYTES);
  private used = 0;

  get length(): number {
    return this.used;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.used++] = value;
  }

  uint16(value: number): void {
    this.reserve(2);
    this.used = this.bytes.writeUInt16BE(value, this.used);
  }

  uint32(value: number): void {
    this.reserve(4);
    this.used = this.bytes.writeUInt32BE(value, this.used);
  }

  append(bytes: Buffer): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.used);
    this.used += bytes.length;
  }

  latin1(text: string): void {
    this.reserve(text.length);
    this.used += this.bytes.write(text, this.used, text.length, 'latin1');
  }

  /** @param length of the text in UTF-8 */
  utf8(text: string, length: number): void {
    this.reserve(length);
    this.used += this.bytes.write(text, this.used, length, 'utf8');
  }

  /** RFC 9113, 4.1 */
  frameHead(length: number, type: number, flags: number, streamId: number): void {
    this.reserve(FRAME_HEAD_BYTES);
    const { bytes, used } = this;
    bytes[used] = length >>> 16;
    bytes[used + 1] = length >>> 8;
    bytes[used + 2] = length;
    bytes[used + 3] = type;
    bytes[used + 4] = flags;
    bytes[used + 5] = streamId >>> 24;
    bytes[used + 6] = streamId >>> 16;
    bytes[used + 7] = streamId >>> 8;
    bytes[used + 8] = streamId;
    this.used = used + FRAME_HEAD_BYTES;
  }

  /** Sets the length of a frame whose head was written at `at`. */
  setFrameLength(at: number, length: number): void {
    this.bytes[at] = length >>> 16;
    this.bytes[at + 1] = length >>> 8;
    this.bytes[at + 2] = length;
  }

  /** Takes back what was written since `at`. */
  cut(at: number): Buffer {
    const tail = Buffer.from(this.bytes.subarray(at, this.used));
    this.used = at;
    return tail;
  }

  /** All of it; what comes later goes into another buffer. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.used);
    this.bytes = Buffer.allocUnsafe(Math.max(LEAST_BYTES, this.used));
    this.used = 0;
    return taken;
  }

  private reserve(count: number): void {
    if (this.used + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.used + count));
    this.bytes.copy(larger, 0, 0, this.used);
    this.bytes = larger;
  }
}
