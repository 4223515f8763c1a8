import type { Frame } from './frame-reader.ts';
import { ErrorCode, Flag, FrameType, Http2Error, MAX_HEADER_BYTES } from './protocol.ts';

const PRIORITY_BYTES = 5;
/** Each may be empty, so that the bytes alone would not bound them. */
const MAX_PIECES = 16;

/** A whole block of headers: where its bytes lie. True only while it is handed over. */
export interface HeaderBlock {
  readonly streamId: number;
  readonly endsStream: boolean;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

interface Open {
  streamId: number;
  endsStream: boolean;
  pieces: Buffer[];
}

/** Puts header blocks together that come in several frames (RFC 9113, 4.3, 6.2 and 6.10). */
export class HeaderBlocks {
  private open: Open | undefined;

  /** Undefined where more of it has to come. Throws Http2Error for one that is too large or wrongly cut. */
  add(frame: Frame): HeaderBlock | undefined {
    if (frame.type === FrameType.continuation) return this.goOn(frame);
    frame.stripPadding();
    if (frame.has(Flag.priority)) frame.start += PRIORITY_BYTES;
    if (frame.start > frame.end) throw new Http2Error(ErrorCode.frameSizeError, 'HEADERS that are cut off');
    const { streamId, bytes, start, end } = frame;
    const endsStream = frame.has(Flag.endStream);
    if (frame.has(Flag.endHeaders)) return { streamId, endsStream, bytes, start, end };
    this.open = { streamId, endsStream, pieces: [Buffer.from(bytes.subarray(start, end))] };
    return undefined;
  }

  /** Nothing may come between the frames of a block. */
  check({ type, streamId }: Frame): void {
    const isNext = type === FrameType.continuation && streamId === this.open?.streamId;
    if (this.open !== undefined && !isNext) throw misplaced('a frame amid headers');
    if (this.open === undefined && type === FrameType.continuation) throw misplaced('CONTINUATION of nothing');
  }

  private goOn(frame: Frame): HeaderBlock | undefined {
    const { streamId, endsStream, pieces } = this.open!;
    pieces.push(Buffer.from(frame.bytes.subarray(frame.start, frame.end)));
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (size > MAX_HEADER_BYTES || pieces.length > MAX_PIECES) {
      throw new Http2Error(
        ErrorCode.enhanceYourCalm,
        `headers of more than ${MAX_HEADER_BYTES} bytes, or in too many pieces`,
      );
    }
    if (!frame.has(Flag.endHeaders)) return undefined;
    this.open = undefined;
    return { streamId, endsStream, bytes: Buffer.concat(pieces), start: 0, end: size };
  }
}

const misplaced = (what: string): Http2Error => new Http2Error(ErrorCode.protocolError, what);
