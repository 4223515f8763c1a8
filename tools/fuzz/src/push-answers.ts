import { Http2Client } from '../../../services/apns-push/src/out/http2/client.ts';
import { Exchange } from '../../../services/apns-push/src/out/http2/exchange.ts';
import { Http2Error } from '../../../services/apns-push/src/out/http2/protocol.ts';
import { Refused, type Target } from './run.ts';

const FIELDS = [
  { name: ':method', value: 'POST' },
  { name: ':path', isSecret: true as const },
];
const REQUESTS = 4;

/** A client with requests under way reads the input as what APNs sends, cut where the input's own bytes say. */
function feed(input: Buffer): void {
  let failure: Error | undefined;
  const ended = new Set<Exchange>();
  const client = new Http2Client<Exchange>({
    socket: {
      writable: true,
      writableLength: 0,
      write: () => undefined,
      end: () => undefined,
      destroy: (error) => (failure = error),
    },
    fields: FIELDS,
    listener: {
      ended: (exchange) => {
        if (ended.has(exchange)) throw new Error('an exchange ended twice');
        ended.add(exchange);
      },
      goneAway: () => undefined,
      heard: () => {
        if (client.room > 0 && client.inFlight + ended.size < REQUESTS)
          client.send(new Exchange(), ['/3/device/0'], '{}');
      },
      pong: () => undefined,
    },
  });
  for (let from = 0, to = 0; from < input.length; from = to) {
    to = from + 1 + (input[from]! % 61);
    client.receive(input.subarray(from, to));
  }
  client.endAll();
  if (failure !== undefined && !(failure instanceof Http2Error)) throw failure;
  if (failure !== undefined) throw new Refused(failure.message);
}

const frame = (type: number, flags: number, streamId: number, payload: string): Buffer => {
  const body = Buffer.from(payload, 'hex');
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, body]);
};

const SETTINGS = frame(4, 0, 0, '000300000064000400010000');
const ACK = frame(4, 1, 0, '');
const ERROR = `{"reason":"Unregistered","timestamp":1763600000000}`;

/** HTTP/2 frames with answers to pushes, as a peer may send them. */
export const pushAnswers: Target = {
  name: 'push-answers',
  summary: "APNs' side of HTTP/2",
  corpus: [
    [SETTINGS, ACK, frame(1, 5, 1, '88')],
    [SETTINGS, ACK, frame(1, 4, 1, '4803343130400a637573746f6d2d6b65790d637573746f6d2d686561646572')],
    [SETTINGS, frame(1, 4, 1, '4803343130'), frame(0, 1, 1, Buffer.from(ERROR).toString('hex'))],
    [SETTINGS, frame(1, 1, 1, '88'), frame(9, 4, 1, '5a839bd9ab'), frame(6, 0, 0, '0102030405060708')],
    [SETTINGS, frame(1, 0x2d, 1, '028000000010880000'), frame(8, 0, 0, '00001000')],
    [SETTINGS, ACK, frame(3, 0, 1, '00000007'), frame(7, 0, 0, '0000000100000000')],
    [SETTINGS, frame(4, 0, 0, '000400000001000100000000'), frame(8, 0, 1, '00000010'), frame(1, 5, 1, '88')],
  ].map((frames) => Buffer.concat(frames)),
  words: [
    '\x00\x00\x00',
    '\x00\x40\x00',
    '\xff\xff\xff\xff',
    '\x00\x00\x00\x03',
    '\x88',
    '\xbe',
    '\x3f\xe1\x1f',
    '\x7f',
  ],
  feed,
};
