import {
  message,
  pushAddressContext,
  pushCertificatePut,
  pushRequest,
  pushSent,
  subjectFilter,
} from '@lamplighter/contracts';
import type { ItemOf } from '@lamplighter/contracts';
import { connectBroker, JetStreamPublisher, NatsRequester, PublishWindow } from '@lamplighter/messaging';
import type { Broker } from '@lamplighter/messaging';
import { AesSealer, startService } from '@lamplighter/runtime';
import type { RunningService } from '@lamplighter/runtime';
import { silentLog, testDatabase, testNats, testRedis, waitFor } from '@lamplighter/testing';
import type { TestDatabase } from '@lamplighter/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApnsPushModule } from '../src/apns-push.module.ts';
import { config } from '../src/config.ts';
import { newAuthority, newPushCertificate, newServer, TOPIC } from './push-pki.ts';
import type { Holder } from './push-pki.ts';
import { ScriptedApns } from './scripted-apns.ts';

jest.setTimeout(60_000);

type Sent = ItemOf<typeof pushSent>;

const nats = testNats();
const key = Buffer.alloc(32, 7);
const sealer = new AesSealer(key);
const dir = mkdtempSync(join(tmpdir(), 'push-devices-'));
const FOREIGN = 'com.apple.mgmt.External.without-certificate';
const LATER = '2099-01-01T00:00:00.000Z';
let database: TestDatabase;
let service: RunningService;
let broker: Broker;
let publisher: JetStreamPublisher;
let requester: NatsRequester;
let ca: Holder;
let apns: ScriptedApns;
let counter = 0;
const sent: Sent[] = [];

beforeAll(async () => {
  database = await testDatabase();
  ca = await newAuthority();
  writeFileSync(join(dir, 'ca.pem'), ca.pem);
  apns = new ScriptedApns(await newServer(ca), ca);
  service = await startService('apns-push', ApnsPushModule, config, {
    LAMP_HTTP_PORT: '0',
    LAMP_HTTP_HOST: '127.0.0.1',
    LAMP_LOG_LEVEL: 'fatal',
    LAMP_NATS_URL: nats.url,
    LAMP_NATS_PREFIX: nats.prefix,
    LAMP_REDIS_URL: testRedis().url,
    LAMP_DATABASE_URL: database.urlOf('apns_push'),
    LAMP_SECRET_KEY: key.toString('base64'),
    LAMP_APNS_URL: await apns.listen(),
    LAMP_APNS_CA: join(dir, 'ca.pem'),
    LAMP_PUSH_RETRY_SECONDS: '2',
  });
  broker = await connectBroker({ ...nats, service: 'spec', replicas: 1, maxBytes: 67_108_864, log: silentLog });
  publisher = new JetStreamPublisher(new PublishWindow(broker), nats.prefix);
  requester = new NatsRequester(broker);
  broker.nc.subscribe(subjectFilter(nats.prefix, pushSent), {
    callback: (error, msg) => {
      if (!error) sent.push(...msg.json<{ data: Sent[] }>().data);
    },
  });
});

beforeEach(() => {
  apns.script = (push) => push.answer(200);
});

afterAll(async () => {
  await service?.stop();
  await broker?.close();
  await apns?.close();
  await database?.close();
  rmSync(dir, { recursive: true });
});

async function enroll(deviceId: string, options: { topic?: string; sealed?: Buffer } = {}): Promise<string> {
  const token = Buffer.from(deviceId.padEnd(32, '.'));
  const address = JSON.stringify({ token: token.toString('base64'), pushMagic: `magic of ${deviceId}` });
  const sealed = options.sealed ?? sealer.seal(Buffer.from(address), pushAddressContext('default', deviceId));
  const text = `INSERT INTO command_queue.enrollment
    (tenant, device_id, kind, status, topic, certificate_hash, push_address, generation, facts, authenticated_at)
    VALUES ('default', $1, 'device', 'enrolled', $2, '\\x00', $3, 1, '{}', now())`;
  await database.admin.query({ text }, [deviceId, options.topic ?? TOPIC, sealed]);
  return `/3/device/${token.toString('hex')}`;
}

async function request(deviceIds: string[], expiresAt = LATER): Promise<void> {
  const id = `spec-${(counter += 1)}`;
  const items = deviceIds.map((deviceId) => ({ deviceId, expiresAt, reason: 'enqueued' as const }));
  await publisher.publish(pushRequest, message(pushRequest, { id, tenant: 'default', at: new Date() }, items), id);
}

function outcomeOf(deviceId: string): Promise<Sent> {
  return waitFor(`push.sent of ${deviceId}`, () => sent.find((one) => one.deviceId === deviceId));
}

async function upload(holder: Holder): Promise<unknown> {
  return requester.request(pushCertificatePut, { tenant: 'default', pem: `${holder.pem}\n${holder.keyPem}` });
}

describe('before a certificate is uploaded', () => {
  it('pushes have the outcome no-certificate', async () => {
    await enroll('early', { topic: FOREIGN });
    await request(['early']);
    expect(await outcomeOf('early')).toMatchObject({ outcome: 'no-certificate' });
  });
});

describe('a push certificate', () => {
  it('that is wrong is refused with what to do, and nothing is stored', async () => {
    const expired = await newPushCertificate(ca, { notAfter: Date.now() - 1000 });
    expect(await upload(expired)).toMatchObject({
      error: { code: 'push-certificate.expired', remedy: expect.any(String) },
    });
    expect(await database.admin.query({ text: 'SELECT 1 FROM apns_push.push_certificate' })).toEqual([]);
  });

  it('that is good is stored sealed: its PEM is nowhere in the table', async () => {
    const holder = await newPushCertificate(ca);
    expect(await upload(holder)).toEqual({ ok: { topic: TOPIC, notAfter: holder.certificate.notAfter.toISOString() } });
    const [row] = await database.admin.query<{ sealed_pem: Buffer; topic: string }>({
      text: 'SELECT * FROM apns_push.push_certificate',
    });
    expect(row?.topic).toBe(TOPIC);
    const key64 = holder.keyPem.split('\n')[1]!;
    for (const plain of ['BEGIN', key64, Buffer.from(key64, 'base64').toString('latin1')]) {
      expect(row?.sealed_pem.includes(plain, 0, 'latin1')).toBe(false);
    }
  });
});

describe('a push request', () => {
  it('wakes each device once, and says so', async () => {
    const paths = await Promise.all(['wake-1', 'wake-2'].map((id) => enroll(id)));
    await request(['wake-1', 'wake-2', 'wake-1']);
    expect(await outcomeOf('wake-1')).toMatchObject({ outcome: 'accepted', apnsId: expect.any(String) });
    expect(await outcomeOf('wake-2')).toMatchObject({ outcome: 'accepted' });
    for (const path of paths) expect(apns.received.filter((one) => one.headers[':path'] === path)).toHaveLength(1);
    expect(apns.received.find((one) => one.headers[':path'] === paths[0])?.body).toBe('{"mdm":"magic of wake-1"}');
    const text = "SELECT outcome, apns_id FROM apns_push.push WHERE device_id = 'wake-1'";
    const rows = await database.admin.query({ text });
    expect(rows).toEqual([{ outcome: 'accepted', apns_id: (await outcomeOf('wake-1')).apnsId }]);
  });

  it('that is past its expiry is not sent', async () => {
    const path = await enroll('late');
    await request(['late'], '2020-01-01T00:00:00.000Z');
    expect(await outcomeOf('late')).toMatchObject({ outcome: 'expired' });
    expect(apns.received.some((one) => one.headers[':path'] === path)).toBe(false);
  });

  it('for a device without an address, or with one that does not open, harms no other', async () => {
    await enroll('damaged', { sealed: sealer.seal(Buffer.from('{}'), 'push-address:default:another') });
    await enroll('whole');
    await request(['nobody', 'damaged', 'whole']);
    expect(await outcomeOf('nobody')).toMatchObject({ outcome: 'no-address' });
    expect(await outcomeOf('damaged')).toMatchObject({ outcome: 'no-address' });
    expect(await outcomeOf('whole')).toMatchObject({ outcome: 'accepted' });
  });

  it('that APNs calls gone says since when', async () => {
    await enroll('gone');
    apns.script = (push) => push.answer(410, { reason: 'Unregistered', timestamp: 1_763_600_000_000 });
    await request(['gone']);
    expect(await outcomeOf('gone')).toMatchObject({
      outcome: 'gone',
      reason: 'Unregistered',
      goneAt: new Date(1_763_600_000_000).toISOString(),
    });
  });

  it('that APNs cannot take now is tried again', async () => {
    await enroll('busy');
    let tries = 0;
    apns.script = (push) => ((tries += 1) < 3 ? push.answer(503, { reason: 'ServiceUnavailable' }) : push.answer(200));
    await request(['busy']);
    expect(await outcomeOf('busy')).toMatchObject({ outcome: 'accepted' });
    expect(tries).toBe(3);
  });

  it('that APNs does not take in time has failed, and other pushes do not wait for it', async () => {
    const slow = await enroll('refused');
    await enroll('prompt');
    apns.script = (push) =>
      push.headers[':path'] === slow ? push.answer(429, { reason: 'TooManyRequests' }) : push.answer(200);
    await request(['refused']);
    await request(['prompt']);
    expect(await outcomeOf('prompt')).toMatchObject({ outcome: 'accepted' });
    expect(await outcomeOf('refused')).toMatchObject({ outcome: 'failed', reason: 'TooManyRequests' });
  });

  it('stops for a topic whose certificate APNs refuses, until another one is uploaded', async () => {
    await Promise.all(['stop-1', 'stop-2', 'stop-3'].map((id) => enroll(id)));
    apns.script = (push) => push.answer(403, { reason: 'BadCertificate' });
    await request(['stop-1']);
    expect(await outcomeOf('stop-1')).toMatchObject({ outcome: 'no-certificate', reason: 'BadCertificate' });
    apns.script = (push) => push.answer(200);
    const before = apns.received.length;
    await request(['stop-2']);
    expect(await outcomeOf('stop-2')).toMatchObject({ outcome: 'no-certificate', reason: 'BadCertificate' });
    expect(apns.received).toHaveLength(before);
    await upload(await newPushCertificate(ca));
    await request(['stop-3']);
    expect(await outcomeOf('stop-3')).toMatchObject({ outcome: 'accepted' });
  });
});
