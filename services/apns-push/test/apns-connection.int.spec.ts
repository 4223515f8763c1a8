import { silentLog, waitFor } from '@lamplighter/testing';
import { Shutdown } from '@lamplighter/runtime';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { constants } from 'node:http2';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { config } from '../src/config.ts';
import type { Config } from '../src/config.ts';
import { judge } from '../src/domain/apns-answer.ts';
import type { ApnsAnswer } from '../src/domain/apns-answer.ts';
import { ApnsConnection } from '../src/out/apns-connection.ts';
import type { ApnsEndpoint } from '../src/out/apns-connection.ts';
import { ApnsPool } from '../src/out/apns-pool.ts';
import { Http2PushSender } from '../src/out/http2-push-sender.ts';
import type { Push, StoredCertificate } from '../src/ports.ts';
import { newAuthority, newPushCertificate, newServer, TOPIC } from './push-pki.ts';
import type { Holder } from './push-pki.ts';
import { ScriptedApns } from './scripted-apns.ts';
import { TcpProxy } from './tcp-proxy.ts';

const dir = mkdtempSync(join(tmpdir(), 'apns-connection-'));
const caFile = join(dir, 'ca.pem');
const closing: (() => unknown)[] = [];
let ca: Holder;
let server: Holder;
let certificate: StoredCertificate;
let apns: ScriptedApns;

beforeAll(async () => {
  ca = await newAuthority();
  server = await newServer(ca);
  writeFileSync(caFile, ca.pem);
  certificate = await newStored('1');
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});
afterAll(() => rmSync(dir, { recursive: true }));

async function newStored(version: string): Promise<StoredCertificate> {
  const { pem, keyPem, certificate: held } = await newPushCertificate(ca);
  const parts = { certificate: pem, key: keyPem, notAfter: held.notAfter };
  return { tenant: 'default', topic: TOPIC, version, uploadedAt: new Date(), refused: undefined, ...parts };
}

async function start(maxConcurrentStreams = 100): Promise<string> {
  apns = new ScriptedApns(server, ca, maxConcurrentStreams);
  closing.push(() => apns.close());
  return apns.listen();
}

function senderTo(url: string, settings: Partial<Record<keyof Config, string>> = {}) {
  const env = { LAMP_APNS_URL: url, LAMP_APNS_CA: caFile, LAMP_SECRET_KEY: Buffer.alloc(32).toString('base64') };
  const sender = new Http2PushSender(config.parse({ ...env, ...settings }), silentLog, new Shutdown());
  closing.push(() => sender.close());
  return (n: number, using = certificate, withinMs = 20_000): Promise<ApnsAnswer> =>
    new Promise((resolve) => sender.send(pushOf(n), using, until(performance.now() + withinMs), resolve));
}

function pushOf(n: number): Push {
  const address = { tenant: 'default', topic: TOPIC, token: n.toString(16).padStart(64, '0'), pushMagic: 'm' };
  return { ...address, apnsId: 'id', expiresAt: new Date('2099-01-01') };
}

async function proxied(): Promise<{ url: string; proxy: TcpProxy }> {
  const proxy = new TcpProxy(Number(new URL(await start()).port));
  closing.push(() => proxy.close());
  return { url: `https://localhost:${await proxy.listen()}`, proxy };
}

function endpointTo(url: string): ApnsEndpoint {
  const { certificate: own, key } = certificate;
  return { url, topic: TOPIC, ca: ca.pem, certificate: own, key, timeoutMs: 5_000, idleMs: 60_000 };
}

const until = (ms: number) => ({ deadlineMs: ms, untilMs: ms });

const accepted = (answers: ApnsAnswer[]) => answers.filter(({ status }) => status === 200).length;

describe('a connection that leaves before it is open', () => {
  it('is looked at once more, in the same turn, and ends', async () => {
    const url = await start();
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'performance', 'queueMicrotask'] });
    const failed = jest.fn();
    const ended = Promise.withResolvers<void>();
    const listener = { settled: () => undefined, changed: () => ended.resolve(), failed };
    const connection = new ApnsConnection(endpointTo(url), listener);
    connection.leave();
    // Between two timers of one turn no socket tells of its end.
    try {
      jest.advanceTimersByTime(1_000);
    } finally {
      jest.useRealTimers();
    }
    await ended.promise;
    expect([connection.isUsable, failed.mock.calls]).toEqual([false, []]);
  });
});

describe('a peer that speaks no HTTP/2 although it agreed to', () => {
  it('is known to have failed before anybody may ask for the next connection', async () => {
    const talker = createServer({ cert: server.pem, key: server.keyPem, ALPNProtocols: ['h2'] }, (socket) => {
      socket.on('error', () => undefined).resume();
      socket.write('HTTP/1.1 400 Bad Request');
    });
    await new Promise<void>((resolve) => talker.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => talker.close(resolve)));
    const url = `https://localhost:${(talker.address() as AddressInfo).port}`;
    const told: string[] = [];
    const ended = Promise.withResolvers<void>();
    const connection: ApnsConnection = new ApnsConnection(endpointTo(url), {
      settled: () => undefined,
      failed: ({ message }) => told.push(message),
      changed: () => {
        told.push('changed');
        if (!connection.isUsable) ended.resolve();
      },
    });
    await ended.promise;
    expect(told).toEqual([expect.stringContaining('HTTP/2'), 'changed']);
  });
});

describe('SETTINGS that change while pushes run', () => {
  it('are obeyed from then on, down and up', async () => {
    const send = senderTo(await start(50), { LAMP_APNS_CONNECTIONS: '1' });
    apns.answerOnceOpen(50);
    await Promise.all(Array.from({ length: 200 }, (_, n) => send(n)));
    expect(apns.mostOpen).toBe(50);
    for (const [allowed, count] of [
      [3, 40],
      [20, 100],
    ] as const) {
      await new Promise<void>((resolve) =>
        apns.sessions[0]!.settings({ maxConcurrentStreams: allowed }, () => resolve()),
      );
      apns.answerOnceOpen(allowed);
      expect(accepted(await Promise.all(Array.from({ length: count }, (_, n) => send(n))))).toBe(count);
      expect(apns.mostOpen).toBe(allowed);
    }
    expect(apns.sessions).toHaveLength(1);
  });
});

describe('a peer that is dead while TCP believes in it', () => {
  it('is found out by a PING, and what it had in hand may be tried again in time', async () => {
    const { url, proxy } = await proxied();
    const send = senderTo(url, { LAMP_APNS_CONNECTIONS: '1', LAMP_APNS_TIMEOUT_SECONDS: '30' });
    expect(await send(0)).toEqual({ status: 200 });
    proxy.silence();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => send(n)));
    for (const answer of answers) expect(judge(answer)).toMatchObject({ outcome: 'failed', isRetried: true });
    expect(await send(1)).toEqual({ status: 200 });
    expect(apns.sessions).toHaveLength(2);
  });

  it('is found out while nothing is pushed, and replaced by the next push', async () => {
    const { url, proxy } = await proxied();
    const { certificate: cert, key } = certificate;
    const troubles: string[] = [];
    const endpoint = { url, topic: TOPIC, ca: ca.pem, certificate: cert, key, timeoutMs: 10_000, idleMs: 100 };
    const pool = new ApnsPool({ endpoint, connections: 1, onTrouble: (error) => troubles.push(error.message) });
    closing.push(() => pool.destroy());
    const patience = until(performance.now() + 20_000);
    const send = () => new Promise((done) => pool.send({ push: pushOf(0), patience, done }));
    expect(await send()).toEqual({ status: 200 });
    proxy.silence();
    await waitFor('the PING to go unanswered', () => troubles.includes('APNs did not answer a PING'));
    expect(await send()).toEqual({ status: 200 });
    expect(apns.received).toHaveLength(2);
  });
});

describe('GOAWAY', () => {
  it('that names the certificate is an answer, not a lost connection', async () => {
    const send = senderTo(await start());
    apns.script = (one) => {
      one.session.goaway(0, 0, Buffer.from('{"reason":"BadCertificate"}'));
      one.stream.close(constants.NGHTTP2_CANCEL);
    };
    expect(judge(await send(1))).toMatchObject({ stopsTopic: true, reason: 'BadCertificate' });
  });

  it('that greets each connection does not make us connect again and again at once', async () => {
    const send = senderTo(await start());
    apns.onSession = (session) => session.goaway(0, 0);
    expect((await send(1, certificate, 1500)).status).toBe(0);
    expect(apns.sessions.length).toBeLessThan(8);
  });
});

describe('Retry-After', () => {
  it.each([
    ['7', 7000],
    ['nonsense', undefined],
  ])('%s is handed on', async (value, ms) => {
    const send = senderTo(await start());
    apns.script = (one) => {
      one.stream.respond({ ':status': 503, 'retry-after': value });
      one.stream.end('{"reason":"ServiceUnavailable"}');
    };
    expect(judge(await send(1))).toEqual({
      outcome: 'failed',
      reason: 'ServiceUnavailable',
      isRetried: true,
      ...(ms === undefined ? {} : { retryAfterMs: ms }),
    });
  });
});

describe('a renewed certificate', () => {
  it('takes over while pushes run: the old connections finish what they have, then close', async () => {
    const send = senderTo(await start(10), { LAMP_APNS_CONNECTIONS: '1' });
    apns.script = (one) => setTimeout(() => one.answer(200), 20);
    const before = Array.from({ length: 60 }, (_, n) => send(n));
    await waitFor('the first to be on their way', () => apns.received.length > 5);
    const renewed = await newStored('2');
    const after = Array.from({ length: 60 }, (_, n) => send(100 + n, renewed));
    expect(accepted(await Promise.all([...before, ...after]))).toBe(120);
    expect(apns.received).toHaveLength(120);
    expect(apns.sessions).toHaveLength(2);
    await waitFor('the old connection to close', () => apns.sessions[0]!.closed);
    expect(apns.sessions[1]!.closed).toBe(false);
  });
});
