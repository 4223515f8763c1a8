import { afterEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@lamplighter/testing';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { FrameReader } from '../src/out/http2/frame-reader.ts';
import { Http2Error, PREFACE } from '../src/out/http2/protocol.ts';
import { Asker } from './http2-asker.ts';

interface Read {
  type: number;
  flags: number;
  streamId: number;
  payload: string;
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A peer that says what it is told to, byte by byte, and keeps what it hears. */
class Peer {
  readonly heard: Read[] = [];
  socket!: Socket;
  private readonly server = createServer((socket) => {
    this.socket = socket;
    let isGreeted = false;
    const reader = new FrameReader(({ type, flags, streamId, bytes, start, end }) =>
      this.heard.push({ type, flags, streamId, payload: bytes.toString('hex', start, end) }),
    );
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      reader.read(isGreeted ? chunk : chunk.subarray(PREFACE.length));
      isGreeted = true;
    });
    socket.write(this.greeting);
  });
  private readonly greeting: Buffer;

  constructor(greeting = frame(0x4)) {
    this.greeting = greeting;
  }

  async asker(): Promise<Asker> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const asker = new Asker((this.server.address() as AddressInfo).port);
    closing.push(
      () => new Promise<void>((resolve) => this.server.close(() => resolve())),
      () => this.socket?.destroy(),
      () => asker.socket.destroy(),
    );
    return asker;
  }

  /** Resolves once this many requests have come. */
  async asked(count: number): Promise<void> {
    await waitFor('requests', () => this.heard.filter(({ type }) => type === 0x1).length >= count);
  }

  says(...frames: Buffer[]): void {
    this.socket.write(Buffer.concat(frames));
  }
}

function frame(type: number, flags = 0, streamId = 0, payload = ''): Buffer {
  const bytes = Buffer.from(payload.replaceAll(' ', ''), 'hex');
  const head = Buffer.alloc(9);
  head.writeUIntBE(bytes.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, bytes]);
}

const STATUS_200 = '88';
const OK = frame(0x1, 0x5, 1, STATUS_200);
const LONG = '00'.repeat(16_385);

describe('what HTTP/2 allows is taken', () => {
  it.each<[string, Buffer[]]>([
    ['headers and end in one frame', [OK]],
    ['padding and priority', [frame(0x1, 0x2d, 1, `02 80000000 10 ${STATUS_200} 0000`)]],
    [
      'headers in pieces, cut amid a field',
      [frame(0x1, 0x1, 1, '88 4001'), frame(0x9, 0, 1), frame(0x9, 0x4, 1, '61 0162')],
    ],
    ['frames of unknown types, and PRIORITY', [frame(0xff, 0xff, 1, 'ff'), frame(0x2, 0, 1, '0000000010'), OK]],
    ['unknown settings', [frame(0x4, 0, 0, '00ff 00000001'), OK]],
    ['an interim response', [frame(0x1, 0x4, 1, '0803 313033'), OK]],
    ['trailers', [frame(0x1, 0x4, 1, STATUS_200), frame(0x1, 0x5, 1, '4001 61 0162')]],
    ['padded data', [frame(0x1, 0x4, 1, STATUS_200), frame(0x0, 0x9, 1, '01 00')]],
    ['a window for a stream, and for all', [frame(0x8, 0, 1, '00000001'), frame(0x8, 0, 0, '7fff0000'), OK]],
    ['an end that is only an empty frame', [frame(0x1, 0x4, 1, STATUS_200), frame(0x0, 0x1, 1)]],
    ['a response, and then no interest in the request', [OK, frame(0x3, 0, 1, '00000000')]],
  ])('%s', async (_, frames) => {
    const peer = new Peer();
    const asker = await peer.asker();
    const told = asker.ask('/');
    await peer.asked(1);
    // Byte by byte: frames are cut anywhere.
    for (const byte of Buffer.concat(frames)) peer.says(Buffer.from([byte]));
    expect(await told).toMatchObject({ status: 200, body: '' });
    expect(asker.error).toBeUndefined();
  });

  it('SETTINGS and PING are acknowledged, PING with what it brought', async () => {
    const peer = new Peer();
    await peer.asker();
    await waitFor('the greeting', () => peer.heard.length >= 2);
    peer.says(frame(0x6, 0, 0, '0102030405060708'), frame(0x4, 0, 0, '0003 00000001'));
    await waitFor('both', () => peer.heard.length >= 4);
    expect(peer.heard.slice(1)).toEqual([
      { type: 0x4, flags: 0x1, streamId: 0, payload: '' },
      { type: 0x6, flags: 0x1, streamId: 0, payload: '0102030405060708' },
      { type: 0x4, flags: 0x1, streamId: 0, payload: '' },
    ]);
  });

  it('a body waits for the windows, of its stream and of all, and takes no more than they give', async () => {
    const peer = new Peer(frame(0x4, 0, 0, '0004 00000003'));
    const asker = await peer.asker();
    const told = asker.ask('/', 'id', 'abcdefgh');
    const data = () => peer.heard.filter(({ type }) => type === 0x0).map(({ flags, payload }) => [flags, payload]);
    await waitFor('the first bytes', () => data().length === 1);
    // The window shrinks below nothing, then opens again (RFC 9113, 6.9.2).
    peer.says(frame(0x4, 0, 0, '0004 00000001'), frame(0x8, 0, 1, '00000004'));
    await waitFor('some more', () => data().length === 2);
    peer.says(frame(0x4, 0, 0, '0004 00000100'));
    await waitFor('the rest', () => data().length === 3);
    expect(data()).toEqual([
      [0, '616263'],
      [0, '6465'],
      [1, '666768'],
    ]);
    peer.says(OK);
    expect(await told).toMatchObject({ status: 200 });
  });

  it('an answer before the body was read ends the body', async () => {
    const peer = new Peer(frame(0x4, 0, 0, '0004 00000000'));
    const asker = await peer.asker();
    const told = asker.ask('/', 'id', 'abc');
    await peer.asked(1);
    peer.says(OK);
    expect(await told).toMatchObject({ status: 200 });
    await waitFor('the reset', () => peer.heard.some(({ type, streamId }) => type === 0x3 && streamId === 1));
  });
});

describe('what breaks one stream ends that stream alone', () => {
  it.each<[string, Buffer[]]>([
    ['data before headers', [frame(0x0, 0x1, 1)]],
    ['headers without a status', [frame(0x1, 0x5, 1, '4001 61 0162')]],
    ['a status that is none', [frame(0x1, 0x5, 1, '0803 396162')]],
    ['an interim response that is the end', [frame(0x1, 0x5, 1, '0803 313033')]],
  ])('%s', async (_, frames) => {
    const peer = new Peer();
    const asker = await peer.asker();
    const told = asker.ask('/');
    await peer.asked(1);
    peer.says(...frames);
    expect(await told).toMatchObject({ status: 0, isUntouched: false });
    const next = asker.ask('/');
    await peer.asked(2);
    peer.says(frame(0x1, 0x5, 3, STATUS_200));
    expect(await next).toMatchObject({ status: 200 });
  });
});

describe('what breaks the connection ends it with a reason', () => {
  it.each<[string, Buffer[], RegExp, number]>([
    ['a frame that is too long', [frame(0x0, 0, 1, LONG)], /16385 bytes/, 6],
    ['no SETTINGS at first', [], /no SETTINGS/, 1],
    ['SETTINGS on a stream', [frame(0x4, 0, 1)], /on a stream/, 1],
    ['SETTINGS that are cut off', [frame(0x4, 0, 0, '0001')], /cut off/, 6],
    ['an acknowledgement that says something', [frame(0x4, 1, 0, '0001 00000000')], /acknowledgement/, 6],
    ['push', [frame(0x4, 0, 0, '0002 00000001')], /ENABLE_PUSH is 1/, 1],
    ['a window that is too large', [frame(0x4, 0, 0, '0004 80000000')], /INITIAL_WINDOW_SIZE/, 3],
    ['frames that are too small', [frame(0x4, 0, 0, '0005 00000001')], /MAX_FRAME_SIZE is 1/, 1],
    ['a promise', [frame(0x5, 4, 1, '00000002 88')], /PUSH_PROMISE/, 1],
    ['a PING on a stream', [frame(0x6, 0, 1, '0000000000000000')], /on a stream/, 1],
    ['a PING that is too short', [frame(0x6, 0, 0, '00')], /8 bytes/, 6],
    ['a GOAWAY that is cut off', [frame(0x7, 0, 0, '00000001')], /cut off/, 6],
    [
      'a GOAWAY that takes back another',
      [frame(0x7, 0, 0, '0000000000000000'), frame(0x7, 0, 0, '0000000100000000')],
      /takes back/,
      1,
    ],
    ['a window by nothing', [frame(0x8, 0, 0, '00000000')], /by nothing/, 1],
    ['a window beyond all bounds', [frame(0x8, 0, 0, '7fffffff')], /beyond 2\^31/, 3],
    ['a window of a wrong size', [frame(0x8, 0, 0, '0000')], /4 bytes/, 6],
    ['a reset of a wrong size', [frame(0x3, 0, 1, '00')], /4 bytes/, 6],
    ['a reset of no stream', [frame(0x3, 0, 0, '00000000')], /stream 0/, 1],
    ['headers of a stream that nobody opened', [frame(0x1, 5, 3, STATUS_200)], /stream 3/, 1],
    ['data of a stream that the peer opened', [frame(0x0, 0, 2)], /stream 2/, 1],
    ['a frame amid headers', [frame(0x1, 0, 1, STATUS_200), frame(0x6, 0, 0, '0000000000000000')], /amid headers/, 1],
    ['a piece of other headers', [frame(0x1, 0, 1, STATUS_200), frame(0x9, 4, 3)], /amid headers/, 1],
    ['a piece of nothing', [frame(0x9, 4, 1, STATUS_200)], /CONTINUATION/, 1],
    ['padding beyond the frame', [frame(0x1, 0xd, 1, `05 ${STATUS_200}`)], /padding/, 1],
    ['padding without its length', [frame(0x0, 0x8, 1)], /padded/, 6],
    ['priority that is cut off', [frame(0x1, 0x25, 1, '0000')], /cut off/, 6],
    ['headers that are not HPACK', [frame(0x1, 5, 1, '80')], /index 0/, 9],
    [
      'headers in too many pieces',
      [frame(0x1, 1, 1), ...Array.from({ length: 20 }, () => frame(0x9, 0, 1))],
      /too many pieces/,
      11,
    ],
    [
      'headers that are too long',
      [frame(0x1, 1, 1, '00'.repeat(16_000)), frame(0x9, 0, 1, '00'.repeat(16_000))],
      /more than 16384 bytes/,
      11,
    ],
  ])('%s', async (what, frames, words, code) => {
    const peer = new Peer(what === 'no SETTINGS at first' ? frame(0x6, 0, 0, '0000000000000000') : frame(0x4));
    const asker = await peer.asker();
    const told = asker.ask('/').catch(() => undefined);
    if (frames.length > 0) {
      await peer.asked(1);
      peer.says(...frames);
    }
    await asker.closed;
    expect(asker.error).toBeInstanceOf(Http2Error);
    expect(asker.error!.message).toMatch(words);
    expect((asker.error as Http2Error).code).toBe(code);
    if (frames.length > 0) expect(await told).toMatchObject({ status: 0 });
  });

  it('a peer that pings without end and reads nothing', async () => {
    const peer = new Peer();
    const asker = await peer.asker();
    await waitFor('the greeting', () => peer.heard.length >= 2);
    peer.socket.pause();
    const pings = Buffer.concat(Array.from({ length: 5000 }, () => frame(0x6, 0, 0, '0000000000000000')));
    const more = (): void => void (peer.socket.destroyed || peer.socket.write(pings, () => setImmediate(more)));
    more();
    await asker.closed;
    expect(asker.error!.message).toMatch(/asks and does not read/);
  });
});
