import type { Frame } from './frame-reader.ts';
import { ErrorCode, FIRST_WINDOW, Http2Error, LEAST_MAX_FRAME_BYTES, MOST_31_BITS, Setting } from './protocol.ts';

const ENTRY_BYTES = 6;

/** What the peer has said in SETTINGS, and what holds until it does (RFC 9113, 6.5.2). */
export class PeerSettings {
  maxConcurrentStreams = Infinity;
  initialWindow = FIRST_WINDOW;
  maxFrameBytes = LEAST_MAX_FRAME_BYTES;
  /** Undefined until it is said. */
  headerTableBytes: number | undefined;

  /** Takes over a frame of SETTINGS. Throws Http2Error where it makes no sense. Unknown settings are passed over. */
  read(frame: Frame): void {
    if (frame.length % ENTRY_BYTES !== 0) throw new Http2Error(ErrorCode.frameSizeError, 'SETTINGS that are cut off');
    for (let offset = 0; offset < frame.length; offset += ENTRY_BYTES) {
      this.set(frame.uint32(offset) >>> 16, frame.uint32(offset + 2));
    }
  }

  private set(setting: number, value: number): void {
    switch (setting) {
      case Setting.headerTableSize:
        this.headerTableBytes = value;
        break;
      case Setting.enablePush:
        if (value !== 0) throw nonsense('ENABLE_PUSH', value);
        break;
      case Setting.maxConcurrentStreams:
        this.maxConcurrentStreams = value;
        break;
      case Setting.initialWindowSize:
        if (value > MOST_31_BITS) throw nonsense('INITIAL_WINDOW_SIZE', value, ErrorCode.flowControlError);
        this.initialWindow = value;
        break;
      case Setting.maxFrameSize:
        if (value < LEAST_MAX_FRAME_BYTES || value > 0xff_ffff) throw nonsense('MAX_FRAME_SIZE', value);
        this.maxFrameBytes = value;
        break;
      default:
    }
  }
}

function nonsense(setting: string, value: number, code: number = ErrorCode.protocolError): Http2Error {
  return new Http2Error(code, `SETTINGS_${setting} is ${value}`);
}
