import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { acknowledgedFixture, idleFixture, signMdmBody } from '@lamplighter/apple';
import { waitFor } from '@lamplighter/testing';
import fc from 'fast-check';
import { CHECK_IN, CONNECT, put, startGateway } from './gateway.ts';
import type { Gateway } from './gateway.ts';
import { identityOf } from './pki.ts';

const COMMAND = '11111111-2222-8333-8444-555555555555';
const ALLOWED = [200, 400, 403, 404, 410, 413, 503];
const PATHS = [
  '/mdm',
  '/mdm/acme',
  '/mdm/%zz',
  '/mdm/%00',
  '/',
  '//',
  `/mdm/${'a'.repeat(300)}`,
  '/mdm?a=%',
  '/enroll',
  '/enroll/acme?token=%zz&token=b',
  '/enroll/%00',
];

/** Sends bytes over TLS and returns what came back once the server has closed, with the milliseconds that took. */
function raw(gateway: Gateway, text: string): Promise<{ answer: string }> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(
      { host: '127.0.0.1', port: gateway.port, ca: gateway.serverAuthority.pem, servername: 'localhost' },
      () => socket.write(text),
    );
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('error', () => {});
    socket.on('close', () => resolve({ answer }));
  });
}

describe('what devices and others can do to the gateway', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({ LAMP_GATEWAY_BODY_LIMIT: '65536' });
  });
  afterAll(() => gateway.stop());
  const signedIdle = () => put(gateway, idleFixture(), { signedBy: gateway.device });

  it('answers whatever comes with one of seven statuses, never 401, and lives', async () => {
    const pieces = fc.constantFrom('<plist>', '<dict>', '<key>', 'MessageType', 'Status', 'Idle', '</key>', '<string>');
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.array(pieces, { maxLength: 40 }).map((parts) => Buffer.from(parts.join(''))),
      fc.nat({ max: 400 }).map((end) => idleFixture().subarray(0, end)),
    );
    const headerValue = fc.string({ maxLength: 60, unit: 'grapheme-ascii' }).map((text) => text.trim());
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          body,
          type: fc.oneof(fc.constantFrom(CONNECT, CHECK_IN, 'application/json', ''), headerValue),
          path: fc.constantFrom(...PATHS),
          method: fc.constantFrom('PUT', 'POST', 'GET', 'DELETE', 'OPTIONS', 'PROPFIND', 'HEAD'),
          proof: fc.constantFrom('sign', 'certificate', 'nothing', 'junk'),
          junk: headerValue,
        }),
        async ({ body: bytes, type, path, method, proof, junk }) => {
          const { status } = await put(gateway, bytes, {
            path,
            method,
            type,
            ...(proof === 'sign' ? { signedBy: gateway.device } : {}),
            ...(proof === 'certificate' ? { cert: gateway.device.pem, key: gateway.device.keyPem } : {}),
            headers: proof === 'junk' ? { 'mdm-signature': junk, 'client-cert': junk, authorization: junk } : {},
          });
          expect(ALLOWED).toContain(status);
        },
      ),
      { numRuns: 400 },
    );
    expect((await signedIdle()).status).toBe(200);
  });

  it.each([
    ['what is not HTTP', 'hello\r\n\r\n'],
    ['an unknown version', 'PUT /mdm HTTP/9.9\r\n\r\n'],
    ['a lie about the length', 'PUT /mdm HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n'],
    ['two lengths', 'PUT /mdm HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['an expectation', 'PUT /mdm HTTP/1.1\r\nHost: a\r\nExpect: magic\r\nContent-Length: 0\r\n\r\n'],
    ['endless headers', `PUT /mdm HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`],
  ])('answers %s with 400 and closes', async (_what, text) => {
    expect((await raw(gateway, text)).answer).toMatch(/^HTTP\/1.1 400 /);
  });

  it('refuses a body over the limit with 413, and says which setting', async () => {
    const answer = await put(gateway, Buffer.alloc(70_000), { signedBy: gateway.device });
    expect(answer.status).toBe(413);
    expect(answer.body).toContain('LAMP_GATEWAY_BODY_LIMIT');
  });

  it('reads no body of a client that shows nothing', async () => {
    const { answer } = await raw(
      gateway,
      `PUT /mdm HTTP/1.1\r\nHost: a\r\nContent-Type: ${CONNECT}\r\nContent-Length: 60000\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 403 .*connection: close/is);
  });

  it('ends a connection whose headers or body trickle in', async () => {
    // One of its own: what else is asked here may take longer on a busy machine.
    const hasty = await startGateway({ LAMP_GATEWAY_HEADER_SECONDS: '0.5', LAMP_GATEWAY_REQUEST_SECONDS: '1' });
    try {
      const headers = await raw(hasty, 'PUT /mdm HTTP/1.1\r\nHost: a\r\n');
      expect(headers.answer).toMatch(/^(HTTP\/1.1 400 |$)/);
      const signature = signMdmBody(idleFixture(), identityOf(hasty.device));
      const body = await raw(
        hasty,
        `PUT /mdm HTTP/1.1\r\nHost: a\r\nContent-Type: ${CONNECT}\r\nMdm-Signature: ${signature}\r\nContent-Length: 500\r\n\r\n<`,
      );
      expect(body.answer).toMatch(/^(HTTP\/1.1 400 |$)/);
    } finally {
      await hasty.stop();
    }
  });

  it('gives nothing of a half-sent body to the queue', async () => {
    const exchange = jest.fn(async () => []);
    gateway.behind.exchange = exchange as never;
    const warn = jest.spyOn(gateway.log, 'error');
    const body = idleFixture();
    const signature = signMdmBody(body, identityOf(gateway.device));
    await new Promise<void>((resolve) => {
      const socket = connect(
        { host: '127.0.0.1', port: gateway.port, ca: gateway.serverAuthority.pem, servername: 'localhost' },
        () => {
          const head = `PUT /mdm HTTP/1.1\r\nHost: a\r\nContent-Type: ${CONNECT}\r\nMdm-Signature: ${signature}\r\n`;
          socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body.toString().slice(0, 50)}`, () =>
            socket.destroy(),
          );
        },
      );
      socket.on('close', () => resolve());
    });
    delete gateway.behind.exchange;
    expect((await signedIdle()).status).toBe(200);
    expect(exchange).not.toHaveBeenCalled();
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('large bodies that come slowly', () => {
  it('leave room for everybody else: further large ones get 503 until they are gone', async () => {
    const gateway = await startGateway({ LAMP_GATEWAY_BODY_LIMIT: '100000', LAMP_GATEWAY_BODY_MEMORY: '200000' });
    const target = { host: '127.0.0.1', port: gateway.port, ca: gateway.serverAuthority.pem, servername: 'localhost' };
    const large = Buffer.from(acknowledgedFixture(COMMAND, 'A', { Padding: 'x'.repeat(90_000) }));
    const sendLarge = async () => (await put(gateway, large, { signedBy: gateway.device })).status;
    // Nobody has to hold a certificate for this: what is signed with what shows at the end.
    const junk = `PUT /mdm HTTP/1.1\r\nHost: a\r\nMdm-Signature: junk\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n`;
    const slow = [1, 2].map(() =>
      connect(target, function (this: TLSSocket) {
        this.write(junk);
      }),
    );
    try {
      await waitFor('no room', async () => (await sendLarge()) === 503);
      expect((await put(gateway, idleFixture(), { signedBy: gateway.device })).status).toBe(200);
      for (const socket of slow) socket.destroy();
      await waitFor('room', async () => (await sendLarge()) === 200);
    } finally {
      for (const socket of slow) socket.destroy();
      await gateway.stop();
    }
  });
});

describe('a gateway without a command queue', () => {
  it('answers 503 at once, with Retry-After', async () => {
    const gateway = await startGateway({ LAMP_GATEWAY_RETRY_AFTER_SECONDS: '7' }, false);
    try {
      for (const type of [CONNECT, CHECK_IN]) {
        const body = type === CONNECT ? idleFixture() : Buffer.from(idleFixture('A', { MessageType: 'CheckOut' }));
        expect(await put(gateway, body, { signedBy: gateway.device, type })).toMatchObject({
          status: 503,
          retryAfter: '7',
        });
      }
    } finally {
      await gateway.stop();
    }
  });
});

describe('a gateway that shuts down', () => {
  it('answers the requests in hand first', async () => {
    const gateway = await startGateway();
    let reached = false;
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    gateway.behind.exchange = async (batch) => {
      reached = true;
      await released;
      return batch.map(() => ({ outcome: 'empty' as const }));
    };
    const visit = put(gateway, idleFixture(), { signedBy: gateway.device });
    await waitFor('the exchange to reach the queue', () => reached);
    const stopped = gateway.stop();
    release();
    expect((await visit).status).toBe(200);
    await stopped;
  });
});
