import { pushRequest } from '@lamplighter/contracts';
import { AesSealer } from '@lamplighter/runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newPushCertificate, TOPIC } from './push-pki.ts';
import { LATER, PushWorld } from './push-world.ts';

const FOREIGN = 'com.apple.mgmt.External.without-certificate';
let world: PushWorld;

beforeAll(async () => {
  world = await PushWorld.open();
});
beforeEach(() => {
  world.apns.script = (push) => push.answer(200);
});
afterAll(() => world?.close());

describe('before a certificate is uploaded', () => {
  it('pushes have the outcome no-certificate', async () => {
    await world.enroll('early', { topic: FOREIGN });
    await world.ask(pushRequest, ['early']);
    expect(await world.outcomeOf('early')).toMatchObject({ outcome: 'no-certificate' });
  });
});

describe('a push certificate', () => {
  it('that is wrong is refused with what to do, and nothing is stored', async () => {
    const expired = await newPushCertificate(world.ca, { notAfter: Date.now() - 1000 });
    expect(await world.upload(expired)).toMatchObject({
      error: { code: 'push-certificate.expired', remedy: expect.any(String) },
    });
    expect(await world.database.admin.query({ text: 'SELECT 1 FROM apns_push.push_certificate' })).toEqual([]);
  });

  it('that is good is stored sealed: its PEM is nowhere in the table', async () => {
    const holder = await newPushCertificate(world.ca);
    expect(await world.upload(holder)).toEqual({
      ok: { topic: TOPIC, notAfter: holder.certificate.notAfter.toISOString() },
    });
    const [row] = await world.database.admin.query<{ sealed_pem: Buffer; topic: string }>({
      text: 'SELECT * FROM apns_push.push_certificate',
    });
    expect(row?.topic).toBe(TOPIC);
    const key64 = holder.keyPem.split('\n')[1]!;
    for (const plain of ['BEGIN', key64, Buffer.from(key64, 'base64').toString('latin1')]) {
      expect(row?.sealed_pem.includes(plain, 0, 'latin1')).toBe(false);
    }
  });
});

describe('a new command', () => {
  it.each(['enqueued', 'enqueuedMany'] as const)(
    'wakes its device, unless nobody is to push for it or that is too late: %s',
    async (told) => {
      const [first, second, third] = [1, 2, 3].map((n) => `${told}-${n}`) as [string, string, string];
      const [woken, left, late] = await Promise.all([first, second, third].map((id) => world.enroll(id)));
      await world[told]([
        { deviceId: second },
        { deviceId: third, pushUntil: '2020-01-01T00:00:00.000Z' },
        { deviceId: first, pushUntil: LATER },
        { deviceId: first, pushUntil: LATER },
      ]);
      expect(await world.outcomeOf(first)).toMatchObject({ outcome: 'accepted' });
      expect([woken!, left!, late!].map((path) => world.pushesTo(path))).toEqual([1, 0, 0]);
      expect(world.sent.filter(({ deviceId }) => deviceId.startsWith(`${told}-`))).toHaveLength(1);
    },
  );
});

describe('a push request', () => {
  it('wakes each device once, and says so', async () => {
    const paths = await Promise.all(['wake-1', 'wake-2'].map((id) => world.enroll(id)));
    await world.ask(pushRequest, ['wake-1', 'wake-2', 'wake-1']);
    expect(await world.outcomeOf('wake-1')).toMatchObject({ outcome: 'accepted', apnsId: expect.any(String) });
    expect(await world.outcomeOf('wake-2')).toMatchObject({ outcome: 'accepted' });
    for (const path of paths)
      expect(world.apns.received.filter((one) => one.headers[':path'] === path)).toHaveLength(1);
    expect(world.apns.received.find((one) => one.headers[':path'] === paths[0])?.body).toBe(
      '{"mdm":"magic of wake-1"}',
    );
    const text = "SELECT outcome, apns_id FROM apns_push.push WHERE device_id = 'wake-1'";
    const rows = await world.database.admin.query({ text });
    expect(rows).toEqual([{ outcome: 'accepted', apns_id: (await world.outcomeOf('wake-1')).apnsId }]);
  });

  it('that is past its expiry is not sent', async () => {
    const path = await world.enroll('late');
    await world.ask(pushRequest, ['late'], { expiresAt: '2020-01-01T00:00:00.000Z' });
    expect(await world.outcomeOf('late')).toMatchObject({ outcome: 'expired' });
    expect(world.apns.received.some((one) => one.headers[':path'] === path)).toBe(false);
  });

  it('for a device without an address, or with one that does not open, harms no other', async () => {
    await world.enroll('damaged', {
      sealed: new AesSealer(Buffer.alloc(32, 7)).seal(Buffer.from('{}'), 'push-address:default:another'),
    });
    await world.enroll('whole');
    await world.ask(pushRequest, ['nobody', 'damaged', 'whole']);
    expect(await world.outcomeOf('nobody')).toMatchObject({ outcome: 'no-address' });
    expect(await world.outcomeOf('damaged')).toMatchObject({ outcome: 'no-address' });
    expect(await world.outcomeOf('whole')).toMatchObject({ outcome: 'accepted' });
  });

  it('that APNs calls gone says since when', async () => {
    await world.enroll('gone');
    world.apns.script = (push) => push.answer(410, { reason: 'Unregistered', timestamp: 1_763_600_000_000 });
    await world.ask(pushRequest, ['gone']);
    expect(await world.outcomeOf('gone')).toMatchObject({
      outcome: 'gone',
      reason: 'Unregistered',
      goneAt: new Date(1_763_600_000_000).toISOString(),
    });
  });

  it('that APNs cannot take now is tried again', async () => {
    await world.enroll('busy');
    let tries = 0;
    world.apns.script = (push) =>
      (tries += 1) < 3 ? push.answer(503, { reason: 'ServiceUnavailable' }) : push.answer(200);
    await world.ask(pushRequest, ['busy']);
    expect(await world.outcomeOf('busy')).toMatchObject({ outcome: 'accepted' });
    expect(tries).toBe(3);
  });

  it('that APNs does not take in time has failed, and other pushes do not wait for it', async () => {
    const slow = await world.enroll('refused');
    await world.enroll('prompt');
    world.apns.script = (push) =>
      push.headers[':path'] === slow ? push.answer(429, { reason: 'TooManyRequests' }) : push.answer(200);
    await world.ask(pushRequest, ['refused']);
    await world.ask(pushRequest, ['prompt']);
    expect(await world.outcomeOf('prompt')).toMatchObject({ outcome: 'accepted' });
    expect(await world.outcomeOf('refused')).toMatchObject({ outcome: 'failed', reason: 'TooManyRequests' });
  });

  it('stops for a topic whose certificate APNs refuses, until another one is uploaded', async () => {
    await Promise.all(['stop-1', 'stop-2', 'stop-3'].map((id) => world.enroll(id)));
    world.apns.script = (push) => push.answer(403, { reason: 'BadCertificate' });
    await world.ask(pushRequest, ['stop-1']);
    expect(await world.outcomeOf('stop-1')).toMatchObject({ outcome: 'no-certificate', reason: 'BadCertificate' });
    world.apns.script = (push) => push.answer(200);
    const before = world.apns.received.length;
    await world.ask(pushRequest, ['stop-2']);
    expect(await world.outcomeOf('stop-2')).toMatchObject({ outcome: 'no-certificate', reason: 'BadCertificate' });
    expect(world.apns.received).toHaveLength(before);
    await world.upload(await newPushCertificate(world.ca));
    await world.ask(pushRequest, ['stop-3']);
    expect(await world.outcomeOf('stop-3')).toMatchObject({ outcome: 'accepted' });
  });
});
