/** Numbers and bounds of HTTP/2 (RFC 9113). */

/** RFC 9113, 6 */
export const FrameType = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  rstStream: 0x3,
  settings: 0x4,
  pushPromise: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
} as const;

/** One bit has several meanings: each frame type has its own. */
export const Flag = { ack: 0x1, endStream: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** RFC 9113, 7 */
export const ErrorCode = {
  noError: 0x0,
  protocolError: 0x1,
  internalError: 0x2,
  flowControlError: 0x3,
  frameSizeError: 0x6,
  refusedStream: 0x7,
  cancel: 0x8,
  compressionError: 0x9,
  enhanceYourCalm: 0xb,
} as const;

/** RFC 9113, 6.5.2 */
export const Setting = {
  headerTableSize: 0x1,
  enablePush: 0x2,
  maxConcurrentStreams: 0x3,
  initialWindowSize: 0x4,
  maxFrameSize: 0x5,
  maxHeaderListSize: 0x6,
} as const;

/** RFC 9113, 3.4 */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
export const FRAME_HEAD_BYTES = 9;
/** The largest frame that may be sent to whoever has not said otherwise, as we never do. */
export const LEAST_MAX_FRAME_BYTES = 16_384;
/** Of a connection and of a stream, before anybody says otherwise. */
export const FIRST_WINDOW = 65_535;
/** Of stream ids and of windows. */
export const MOST_31_BITS = 0x7fff_ffff;
/** What one block of response headers may take, as it comes and unpacked. APNs' take under 200 bytes. */
export const MAX_HEADER_BYTES = 16_384;
/** RFC 7541, 4.2: of the table of either side, before anybody says otherwise. */
export const FIRST_TABLE_BYTES = 4_096;

/** The peer, or this side, cannot go on with the connection. `code` is one of ErrorCode. */
export class Http2Error extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(`HTTP/2: ${message}`);
    this.name = 'Http2Error';
    this.code = code;
  }
}
