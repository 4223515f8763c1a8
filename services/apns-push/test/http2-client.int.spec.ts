import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hash } from 'node:crypto';
import { constants, createServer } from 'node:http2';
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream, Settings } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Asker } from './http2-asker.ts';
import type { Told } from './http2-asker.ts';

type Script = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: string) => void;
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Node's own server: another implementation of the protocol. */
async function serve(settings: Settings, script: Script): Promise<{ port: number; sessions: ServerHttp2Session[] }> {
  const server = createServer({ settings });
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => {});
  });
  server.on('sessionError', () => {});
  server.on('stream', (stream, headers) => {
    let body = '';
    stream.setEncoding('utf8');
    stream.on('error', () => {});
    stream.on('data', (chunk: string) => (body += chunk));
    stream.on('end', () => script(stream, headers, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    for (const session of sessions) session.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { port: (server.address() as AddressInfo).port, sessions };
}

function asker(port: number, firstStreamId?: number): Asker {
  const one = new Asker(port, firstStreamId);
  closing.push(() => one.socket.destroy());
  return one;
}

const answer =
  (status: number, body = ''): Script =>
  (stream) => {
    stream.respond({ ':status': status });
    stream.end(body);
  };

interface Question {
  path: string;
  id: string;
  body: string;
  status: number;
  retryAfter: string | undefined;
  filler: Record<string, string>;
  answer: string;
  end: string;
}

describe("against node's server", () => {
  const visible = fc.string({
    minLength: 1,
    maxLength: 300,
    unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
  });
  const question = fc.record({
    path: visible.map((text) => `/${text}`),
    id: visible,
    body: fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.nat(1500).map((n) => 'ä'.repeat(n)),
    ),
    status: fc.integer({ min: 200, max: 599 }),
    retryAfter: fc.option(visible, { nil: undefined }),
    filler: fc.dictionary(fc.constantFrom('x-a', 'x-b', 'x-c', 'date-of'), visible),
    answer: fc.string({ maxLength: 800 }),
    end: fc.constantFrom('answered', 'answered', 'answered', 'refused', 'reset'),
  });
  const settings = fc.record({
    maxConcurrentStreams: fc.integer({ min: 1, max: 20 }),
    initialWindowSize: fc.oneof(fc.integer({ min: 500, max: 5000 }), fc.integer({ min: 5000, max: 1_000_000 })),
    headerTableSize: fc.nat(8000),
    maxFrameSize: fc.integer({ min: 16_384, max: 100_000 }),
    maxHeaderListSize: fc.constant(65_535),
  });

  it('any requests, with any settings that change on the way, come to what was asked, once each', async () => {
    const check = async (first: Settings, then: Settings, asked: Question[]) => {
      let served = 0;
      const { port } = await serve(first, (stream, headers, body) => {
        const one = asked[Number(headers['apns-id']!.toString().split('#')[0])]!;
        served += 1;
        if (served === Math.ceil(asked.length / 2)) stream.session!.settings(then);
        if (one.end === 'refused') return stream.close(constants.NGHTTP2_REFUSED_STREAM);
        if (one.end === 'reset') return stream.close(constants.NGHTTP2_INTERNAL_ERROR);
        const retry = one.retryAfter === undefined ? {} : { 'retry-after': one.retryAfter };
        stream.respond({ ':status': one.status, ...retry, ...one.filler });
        stream.end(`${hash('sha256', [headers[':path'], headers['apns-id'], body].join('\n'))}${one.answer}`);
      });
      const client = asker(port);
      const askFor = async ({ path, id, body, end }: Question, n: number): Promise<Told> => {
        const told = await client.ask(path, `${n}#${id}`, body);
        // Where fewer streams are allowed, those that were on their way are refused.
        return told.isUntouched && end !== 'refused' ? askFor(asked[n]!, n) : told;
      };
      const told = await Promise.all(asked.map(askFor));
      for (const [n, one] of asked.entries()) {
        const { path, id, body, status, retryAfter, end } = one;
        const isAnswered = end === 'answered';
        expect(told[n]!.status).toBe(isAnswered ? status : 0);
        expect(told[n]!.isUntouched).toBe(end === 'refused');
        if (!isAnswered) continue;
        expect(told[n]!.retryAfter).toBe(retryAfter);
        // These have no body in HTTP (RFC 9110, 15.3.5, 15.3.6 and 15.4.5).
        if ([204, 205, 304].includes(status)) continue;
        const sum = hash('sha256', [path, `${n}#${id}`, body].join('\n'));
        expect(told[n]!.body).toBe(Buffer.from(sum + one.answer).toString('latin1'));
      }
      expect(client.error).toBeUndefined();
      client.socket.destroy();
    };
    await fc.assert(fc.asyncProperty(settings, settings, fc.array(question, { minLength: 1, maxLength: 12 }), check), {
      numRuns: 40,
      seed: 20_261_122,
    });
  });

  it('never has more streams than are allowed, as they are at the moment', async () => {
    const { port } = await serve({ maxConcurrentStreams: 1 }, answer(200));
    const client = asker(port);
    await Promise.all(Array.from({ length: 50 }, (_, n) => client.ask(`/${n}`)));
    expect(client.mostOpen).toBe(1);
  });

  it('bodies larger than all windows arrive', async () => {
    const { port } = await serve({ initialWindowSize: 1000 }, (stream, _, body) => {
      stream.respond({ ':status': 200 });
      stream.end(String(body.length));
    });
    const client = asker(port);
    const told = await Promise.all([200_000, 0, 100_001].map((size) => client.ask('/', 'id', 'x'.repeat(size))));
    expect(told.map(({ body }) => body)).toEqual(['200000', '0', '100001']);
  });

  it('headers longer than a frame arrive', async () => {
    const { port } = await serve({ maxHeaderListSize: 200_000 }, (stream, headers) => {
      stream.respond({ ':status': 200 });
      stream.end(String(headers['apns-id']!.length));
    });
    expect(await asker(port).ask('/', 'i'.repeat(40_000))).toMatchObject({ status: 200, body: '40000' });
  });

  it('many answers with bodies do not use the window of the connection up', async () => {
    const { port } = await serve({}, answer(400, 'x'.repeat(2000)));
    const client = asker(port);
    const told = await Promise.all(Array.from({ length: 300 }, (_, n) => client.ask(`/${n}`)));
    expect(told.every(({ body }) => body.length === 2000)).toBe(true);
  });

  it('of an endless body it keeps a little, and the connection goes on', async () => {
    const { port } = await serve({}, (stream, headers) => {
      stream.respond({ ':status': 500 });
      const more = (): void => void (stream.destroyed || stream.write('x'.repeat(3000), () => setImmediate(more)));
      if (headers[':path'] === '/endless') more();
      else stream.end();
    });
    const client = asker(port);
    const told = await client.ask('/endless');
    expect(told.status).toBe(500);
    expect(told.body.length).toBeLessThan(25_000);
    expect(await client.ask('/other')).toMatchObject({ status: 500, body: '' });
  });

  it('GOAWAY ends what the peer has not touched at once; what it has is answered', async () => {
    const held: ServerHttp2Stream[] = [];
    const { port } = await serve({ maxConcurrentStreams: 10 }, (stream) => {
      held.push(stream);
      if (held.length === 10) stream.session!.goaway(constants.NGHTTP2_NO_ERROR, 7, Buffer.from('{"reason":"x"}'));
    });
    const client = asker(port);
    const asked = Array.from({ length: 10 }, (_, n) => client.ask(`/${n}`));
    expect(await Promise.all(asked.slice(4))).toEqual(
      Array.from({ length: 6 }, () => ({ status: 0, body: '', retryAfter: undefined, isUntouched: true })),
    );
    expect(client.goodbyes).toEqual([{ code: 0, data: '{"reason":"x"}' }]);
    expect(client.client.room).toBe(0);
    for (const stream of held.slice(0, 4)) answer(200)(stream, {}, '');
    expect((await Promise.all(asked.slice(0, 4))).every(({ status }) => status === 200)).toBe(true);
  });

  it('a connection that is lost ends each exchange once, and of none is it sure that it was not touched', async () => {
    const { port, sessions } = await serve({ maxConcurrentStreams: 20 }, (stream) => {
      if (stream.id === 21) sessions[0]!.socket.destroy();
    });
    const client = asker(port);
    const told = await Promise.all(Array.from({ length: 20 }, (_, n) => client.ask(`/${n}`)));
    expect(told.every(({ status, isUntouched }) => status === 0 && !isUntouched)).toBe(true);
  });

  it('what had not been written when the connection was lost may be sent again', async () => {
    const { port } = await serve({}, answer(200));
    const client = asker(port);
    await client.ask('/');
    const asked = client.ask('/2');
    // In the same turn: nothing has left.
    client.socket.destroy();
    client.client.endAll();
    expect(await asked).toMatchObject({ status: 0, isUntouched: true });
  });

  it('PING is answered by either side', async () => {
    const { port, sessions } = await serve({}, answer(200));
    const client = asker(port);
    await client.ask('/');
    await new Promise<void>((resolve, reject) =>
      sessions[0]!.ping(Buffer.from('12345678'), (error, _, payload) =>
        error || payload.toString() !== '12345678' ? reject(error ?? new Error('another payload')) : resolve(),
      ),
    );
    client.client.ping();
    await client.ask('/');
    expect(client.pongs).toBe(1);
  });

  it('the last stream id is the last: then the connection takes no more', async () => {
    const { port } = await serve({}, answer(200));
    const client = asker(port, 2 ** 31 - 3);
    expect(await client.ask('/')).toMatchObject({ status: 200 });
    expect(client.client.isSpent).toBe(false);
    expect(await client.ask('/')).toMatchObject({ status: 200 });
    expect(client.client.isSpent).toBe(true);
    expect(client.client.room).toBe(0);
  });

  it('a stream that is cancelled leaves the connection usable, and its end is not told', async () => {
    const { port, sessions } = await serve({ maxConcurrentStreams: 5 }, (stream, headers) => {
      if (headers[':path'] !== '/slow') answer(200)(stream, headers, '');
    });
    const client = asker(port);
    await client.ask('/');
    let isTold = false;
    void client.ask('/slow').then(() => (isTold = true));
    for (const exchange of client.client.exchanges) client.client.cancel(exchange);
    expect(await client.ask('/')).toMatchObject({ status: 200 });
    expect(isTold).toBe(false);
    expect(sessions).toHaveLength(1);
  });

  it('says goodbye, and closes', async () => {
    const { port, sessions } = await serve({}, answer(200));
    const client = asker(port);
    await client.ask('/');
    const goodbye = new Promise((resolve) => sessions[0]!.once('goaway', resolve));
    client.client.close();
    expect(await goodbye).toBe(constants.NGHTTP2_NO_ERROR);
    await client.closed;
    expect(client.error).toBeUndefined();
  });
});
