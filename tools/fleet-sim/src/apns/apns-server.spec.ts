import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Credentials } from '../pki/authority.ts';
import { ApnsServer } from './apns-server.ts';
import { foreignCertificate, newPushPki, topicOf } from './push-pki.ts';
import type { TokenState } from './push-store.ts';

const topic = topicOf('spec');
const pki = newPushPki(topic);
const TOKEN = 'ab'.repeat(32);
const BODY = JSON.stringify({ mdm: 'MAGIC' });

let now = 1_000_000;
let online = true;
let received: string[] = [];
let server: ApnsServer;
let port = 0;
let sessions: ClientHttp2Session[] = [];
const target = { online: () => online, receive: (magic: string) => received.push(magic) };
const tokens: Record<string, TokenState> = { [TOKEN]: target, cccc: { unregisteredAt: 987_654.5 } };

beforeEach(async () => {
  now = 1_000_000;
  online = true;
  received = [];
  sessions = [];
  server = new ApnsServer({
    port: 0,
    host: '127.0.0.1',
    server: pki.server,
    pushCa: pki.ca,
    devices: { find: (token) => tokens[token] ?? 'unknown' },
    now: () => now,
    draw: () => 0.5,
    maxConcurrentStreams: 7,
    answerDelayMs: 0,
  });
  port = await server.listen();
});

afterEach(async () => {
  for (const session of sessions) session.destroy();
  await server.close();
});

function client(credentials: Credentials | undefined): ClientHttp2Session {
  const session = connect(`https://localhost:${port}`, {
    ca: pki.ca,
    cert: credentials?.certificate,
    key: credentials?.key,
  });
  session.on('error', () => undefined);
  sessions.push(session);
  return session;
}

interface Push {
  readonly headers?: Record<string, string | undefined>;
  readonly body?: string;
}

const HEADERS = { ':method': 'POST', ':path': `/3/device/${TOKEN}`, 'apns-topic': topic, 'apns-push-type': 'mdm' };

function push(
  session: ClientHttp2Session,
  { headers = {}, body = BODY }: Push = {},
): Promise<{ status: number; body: unknown }> {
  const all = Object.fromEntries(Object.entries({ ...HEADERS, ...headers }).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const stream = session.request(all);
    let status = 0;
    let text = '';
    stream.setEncoding('utf8');
    stream.on('response', (answer) => (status = Number(answer[':status'])));
    stream.on('data', (chunk: string) => (text += chunk));
    stream.on('end', () => resolve({ status, body: text === '' ? '' : JSON.parse(text) }));
    stream.on('error', reject);
    stream.end(body);
  });
}

describe('the fake APNs', () => {
  it('delivers a push of the right certificate to an online device', async () => {
    expect(await push(client(pki.push))).toEqual({ status: 200, body: '' });
    expect(received).toEqual(['MAGIC']);
  });

  it('answers 403 without a certificate, or with one of another authority', async () => {
    expect(await push(client(undefined))).toEqual({ status: 403, body: { reason: 'MissingProviderToken' } });
    expect(await push(client(foreignCertificate(topic)))).toEqual({ status: 403, body: { reason: 'BadCertificate' } });
    expect(received).toEqual([]);
  });

  it('answers 400 when the topic is missing or is not the UID of the certificate', async () => {
    const other = client(pki.issue('com.apple.mgmt.External.other'));
    expect(await push(other)).toEqual({ status: 400, body: { reason: 'TopicDisallowed' } });
    expect(await push(other, { headers: { 'apns-topic': undefined } })).toEqual({
      status: 400,
      body: { reason: 'MissingTopic' },
    });
  });

  it.each<[string, number, Push]>([
    ['InvalidPushType', 400, { headers: { 'apns-push-type': 'alert' } }],
    ['InvalidPushType', 400, { headers: { 'apns-push-type': undefined } }],
    ['BadPriority', 400, { headers: { 'apns-priority': '11' } }],
    ['BadExpirationDate', 400, { headers: { 'apns-expiration': 'soon' } }],
    ['MissingDeviceToken', 400, { headers: { ':path': '/3/device/' } }],
    ['BadPath', 404, { headers: { ':path': '/2/device/abcd' } }],
    ['BadDeviceToken', 400, { headers: { ':path': '/3/device/abcd' } }],
    ['MethodNotAllowed', 405, { headers: { ':method': 'PUT' } }],
    ['PayloadEmpty', 400, { body: '' }],
    ['BadPayload', 400, { body: '{"mdm":"MAGIC","aps":{}}' }],
    ['BadPayload', 400, { body: 'MAGIC' }],
    ['PayloadTooLarge', 413, { body: JSON.stringify({ mdm: 'M'.repeat(5000) }) }],
  ])('answers %s (%i) and delivers nothing', async (reason, status, wrong) => {
    expect(await push(client(pki.push), wrong)).toEqual({ status, body: { reason } });
    expect(received).toEqual([]);
  });

  it('answers 410 with the time of unregistering for a token that was replaced', async () => {
    const answer = await push(client(pki.push), { headers: { ':path': '/3/device/cccc' } });
    expect(answer).toEqual({ status: 410, body: { reason: 'Unregistered', timestamp: 987_654 } });
  });

  it('keeps the latest push of a device that is away, and delivers it once when it is back', async () => {
    online = false;
    const session = client(pki.push);
    const headers = { 'apns-expiration': '2000' };
    await push(session, { headers, body: JSON.stringify({ mdm: 'first' }) });
    await push(session, { headers, body: JSON.stringify({ mdm: 'second' }) });
    online = true;
    server.store.cameOnline(TOKEN, target, now);
    server.store.cameOnline(TOKEN, target, now);
    expect(received).toEqual(['second']);
  });

  it('keeps nothing with expiration 0, and drops what expired before the device came back', async () => {
    online = false;
    const session = client(pki.push);
    await push(session, { headers: { 'apns-expiration': '0' } });
    server.store.cameOnline(TOKEN, target, now);
    await push(session, { headers: { 'apns-expiration': '1500' } });
    server.store.cameOnline(TOKEN, target, 1_500_000);
    expect(received).toEqual([]);
    expect(server.store.counts).toMatchObject({ dropped: 1, stored: 1, expired: 1 });
  });

  it('gives 429, 503 and 500 at the injected rates', async () => {
    const session = client(pki.push);
    server.inject({ tooManyRequests: 1 });
    expect(await push(session)).toEqual({ status: 429, body: { reason: 'TooManyRequests' } });
    server.inject({ tooManyRequests: 0.4, unavailable: 0.2 });
    expect(await push(session)).toEqual({ status: 503, body: { reason: 'ServiceUnavailable' } });
    server.inject({ internal: 1 });
    expect(await push(session)).toEqual({ status: 500, body: { reason: 'InternalServerError' } });
    server.inject({});
    expect((await push(session)).status).toBe(200);
  });

  it('tells its stream limit, and says GOAWAY on demand', async () => {
    const session = client(pki.push);
    await push(session);
    expect(session.remoteSettings.maxConcurrentStreams).toBe(7);
    const away = new Promise<number>((resolve) => session.once('goaway', resolve));
    expect(server.goaway()).toBe(1);
    expect(await away).toBe(0);
  });
});
