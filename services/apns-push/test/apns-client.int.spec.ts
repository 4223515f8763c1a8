import { silentLog } from '@lamplighter/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { config } from '../src/config.ts';
import type { Config } from '../src/config.ts';
import { judge } from '../src/domain/apns-answer.ts';
import type { ApnsAnswer } from '../src/domain/apns-answer.ts';
import { Http2PushSender } from '../src/out/http2-push-sender.ts';
import type { Push, StoredCertificate } from '../src/ports.ts';
import { Shutdown } from '@lamplighter/runtime';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newAuthority, newPushCertificate, newServer, TOPIC } from './push-pki.ts';
import type { Holder } from './push-pki.ts';
import { ScriptedApns } from './scripted-apns.ts';

const dir = mkdtempSync(join(tmpdir(), 'apns-client-'));
const caFile = join(dir, 'ca.pem');
let ca: Holder;
let server: Holder;
let certificate: StoredCertificate;
let apns: ScriptedApns;
let sender: Http2PushSender;

beforeAll(async () => {
  ca = await newAuthority();
  server = await newServer(ca);
  const push = await newPushCertificate(ca);
  writeFileSync(caFile, ca.pem);
  const notAfter = new Date(Date.now() + 1e9);
  const tenant = 'default';
  const parts = { certificate: push.pem, key: push.keyPem, notAfter };
  certificate = { tenant, topic: TOPIC, version: '1', uploadedAt: new Date(), refused: undefined, ...parts };
});
afterAll(() => rmSync(dir, { recursive: true }));

async function start(
  maxConcurrentStreams?: number,
  settings: Partial<Record<keyof Config, string>> = {},
): Promise<void> {
  apns = new ScriptedApns(server, ca, maxConcurrentStreams);
  sender = newSender(await apns.listen(), settings);
}

function newSender(url: string, settings: Partial<Record<keyof Config, string>> = {}): Http2PushSender {
  const key = Buffer.alloc(32).toString('base64');
  const env = { LAMP_APNS_URL: url, LAMP_APNS_CA: caFile, LAMP_SECRET_KEY: key, ...settings };
  return new Http2PushSender(config.parse(env), silentLog, new Shutdown());
}

afterEach(async () => {
  sender.close();
  await apns.close();
});

function push(n = 0): Push {
  const token = n.toString(16).padStart(64, '0');
  return {
    tenant: 'default',
    topic: TOPIC,
    token,
    pushMagic: `magic-${n}`,
    apnsId: `00000000-0000-8000-8000-${String(n).padStart(12, '0')}`,
    expiresAt: new Date('2026-11-20T05:00:00.900Z'),
  };
}

function send(one: Push, withinMs = 20_000, using = certificate, by = sender): Promise<ApnsAnswer> {
  const untilMs = performance.now() + withinMs;
  return new Promise((resolve) => by.send(one, using, { deadlineMs: untilMs, untilMs }, resolve));
}

function sendMany(count: number) {
  return Promise.all(Array.from({ length: count }, (_, n) => send(push(n))));
}

describe('a push', () => {
  beforeEach(() => start());

  it('is what Apple asks for', async () => {
    expect(await send(push(10))).toEqual({ status: 200 });
    const [{ headers, body }] = apns.received as [(typeof apns.received)[0]];
    expect(body).toBe('{"mdm":"magic-10"}');
    expect(headers).toMatchObject({
      ':method': 'POST',
      ':path': `/3/device/${'a'.padStart(64, '0')}`,
      'apns-topic': TOPIC,
      'apns-push-type': 'mdm',
      'apns-priority': '10',
      'apns-expiration': String(Date.parse('2026-11-20T05:00:00Z') / 1000),
      'apns-id': '00000000-0000-8000-8000-000000000010',
    });
  });

  it.each([
    [200, undefined, { outcome: 'accepted' }],
    [
      410,
      { reason: 'Unregistered', timestamp: 1_763_600_000_000 },
      { outcome: 'gone', reason: 'Unregistered', goneAt: 1_763_600_000_000 },
    ],
    [410, { reason: 'ExpiredToken' }, { outcome: 'gone', reason: 'ExpiredToken' }],
    [400, { reason: 'BadDeviceToken' }, { outcome: 'rejected', reason: 'BadDeviceToken', isBadToken: true }],
    [
      400,
      { reason: 'DeviceTokenNotForTopic' },
      { outcome: 'rejected', reason: 'DeviceTokenNotForTopic', isBadToken: true },
    ],
    [400, { reason: 'TopicDisallowed' }, { outcome: 'no-certificate', reason: 'TopicDisallowed', stopsTopic: true }],
    [400, { reason: 'IdleTimeout' }, { outcome: 'failed', reason: 'IdleTimeout', isRetried: true }],
    [400, { reason: 'PayloadEmpty' }, { outcome: 'rejected', reason: 'PayloadEmpty' }],
    [413, { reason: 'PayloadTooLarge' }, { outcome: 'rejected', reason: 'PayloadTooLarge' }],
    [403, { reason: 'BadCertificate' }, { outcome: 'no-certificate', reason: 'BadCertificate', stopsTopic: true }],
    [403, { reason: 'Forbidden' }, { outcome: 'no-certificate', reason: 'Forbidden', stopsTopic: true }],
    [
      429,
      { reason: 'TooManyRequests' },
      { outcome: 'failed', reason: 'TooManyRequests', isRetried: true, delaysToken: true },
    ],
    [500, { reason: 'InternalServerError' }, { outcome: 'failed', reason: 'InternalServerError', isRetried: true }],
    [503, { reason: 'ServiceUnavailable' }, { outcome: 'failed', reason: 'ServiceUnavailable', isRetried: true }],
    [418, undefined, { outcome: 'rejected' }],
  ] as const)('answered %i %j', async (status, body, verdict) => {
    apns.script = (one) => one.answer(status, body);
    expect(judge(await send(push()))).toEqual(verdict);
  });

  it('whose answer is not JSON, or odd JSON, is judged by its status', async () => {
    apns.script = (one, count) => {
      one.stream.respond({ ':status': 410 });
      one.stream.end(count === 1 ? '<html>' : '{"reason":5,"timestamp":1e300}');
    };
    expect(judge(await send(push()))).toEqual({ outcome: 'gone' });
    expect(judge(await send(push()))).toEqual({ outcome: 'gone' });
  });
});

describe('a connection', () => {
  it("never has more streams than the peer's SETTINGS allow", async () => {
    await start(1, { LAMP_APNS_CONNECTIONS: '1' });
    const answers = await sendMany(50);
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    expect(apns.mostOpen).toBe(1);
    expect(apns.sessions).toHaveLength(1);
  });

  it('is joined by others when it is full, as many as are set, and shares with them', async () => {
    await start(5, { LAMP_APNS_CONNECTIONS: '3' });
    apns.answerOnceOpen(15);
    await sendMany(200);
    expect(apns.sessions).toHaveLength(3);
    expect(apns.mostOpen).toBe(15);
  });

  it('that says GOAWAY mid-flight loses nothing', async () => {
    await start(20);
    apns.script = (one, count) => {
      // Streams that the peer has seen are answered; the next ones must go elsewhere.
      if (count % 40 === 0) one.session.close();
      setTimeout(() => one.answer(200), 2);
    };
    const answers = await sendMany(400);
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(400);
    expect(new Set(apns.received.map((one) => one.headers[':path'])).size).toBe(400);
    expect(apns.sessions.length).toBeGreaterThan(2);
  });

  it('that refuses streams after GOAWAY has them sent again elsewhere', async () => {
    await start(100, { LAMP_APNS_CONNECTIONS: '1' });
    let isAway = false;
    apns.script = (one) => {
      if (!isAway && one.session === apns.sessions[0]) {
        isAway = true;
        // Processed up to the first stream only; the other 29 were not.
        one.session.goaway(0, 1);
      }
      if (one.session !== apns.sessions[0] || one.stream.id === 1) one.answer(200);
    };
    const answers = await sendMany(30);
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(30);
    expect(apns.sessions).toHaveLength(2);
  });

  it('that breaks says so of what it had in hand, and the next push gets a new one', async () => {
    await start();
    apns.script = (one, count) => (count === 1 ? one.session.destroy() : one.answer(200));
    expect(judge(await send(push()))).toMatchObject({ outcome: 'failed', isRetried: true });
    expect(await send(push())).toEqual({ status: 200 });
  });

  it('pipelines: as many pushes are in flight as the peer allows', async () => {
    await start(100, { LAMP_APNS_CONNECTIONS: '1' });
    apns.answerOnceOpen(100);
    await sendMany(200);
    expect(apns.mostOpen).toBe(100);
  });

  it('that stalls does not keep pushes from the others', async () => {
    await start(10, { LAMP_APNS_CONNECTIONS: '2' });
    apns.script = (one) => {
      if (one.session !== apns.sessions[0]) one.answer(200);
    };
    const stalled = Array.from({ length: 10 }, (_, n) => send(push(n)));
    const others = await Promise.all(Array.from({ length: 300 }, (_, n) => send(push(100 + n))));
    expect(others.every((answer) => answer.status === 200)).toBe(true);
    sender.close();
    expect((await Promise.all(stalled)).every((answer) => answer.status === 0)).toBe(true);
  });

  it('gives a push up that is not answered in time, and stays usable', async () => {
    await start(10, { LAMP_APNS_TIMEOUT_SECONDS: '0.3' });
    apns.script = (one, count) => {
      if (count > 1) one.answer(200);
    };
    expect(await send(push())).toEqual({ status: 0, reason: 'Timeout' });
    expect(await send(push())).toEqual({ status: 200 });
    expect(apns.sessions).toHaveLength(1);
  });

  it('that answers, however slowly, is waited for', async () => {
    await start(1, { LAMP_APNS_CONNECTIONS: '1' });
    await send(push());
    apns.script = (one) => setTimeout(() => one.answer(200), 20);
    // Long past its deadline when its turn comes.
    const patient = (n: number) =>
      new Promise<ApnsAnswer>((resolve) =>
        sender.send(push(n), certificate, { deadlineMs: performance.now(), untilMs: Infinity }, resolve),
      );
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => patient(n)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });

  it('that is ended with pushes on it takes none up again', async () => {
    await start(5, { LAMP_APNS_CONNECTIONS: '1' });
    await send(push());
    const answers = Array.from({ length: 20 }, (_, n) => send(push(n)));
    // In the same turn: of those that have a stream, none was written yet.
    sender.close();
    expect((await Promise.all(answers)).every(({ status }) => status === 0)).toBe(true);
    expect(apns.sessions).toHaveLength(1);
  });

  it('that cannot be made fails the push at its deadline', async () => {
    await start();
    const nowhere = newSender('https://localhost:1');
    expect(await send(push(), 300, certificate, nowhere)).toEqual({ status: 0, reason: 'ConnectionFailed' });
    nowhere.close();
  });

  it('is made anew for a replaced certificate', async () => {
    await start();
    await send(push());
    const other = await newPushCertificate(ca);
    await send(push(), 20_000, { ...certificate, version: '2', certificate: other.pem, key: other.keyPem });
    expect(apns.sessions).toHaveLength(2);
  });

  it('with a certificate that TLS does not take fails the push, not the process', async () => {
    await start();
    const broken = { ...certificate, version: '3', key: 'no key' };
    expect(await send(push(), 300, broken)).toEqual({ status: 0, reason: 'ConnectionFailed' });
  });
});
