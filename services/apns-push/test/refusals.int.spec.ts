import { pushRequest } from '@lamplighter/contracts';
import { AesSealer } from '@lamplighter/runtime';
import { waitFor } from '@lamplighter/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { newPushCertificate, TOPIC } from './push-pki.ts';
import { PushWorld } from './push-world.ts';

const DAY_MS = 86_400_000;
const OTHER = 'com.apple.mgmt.External.22222222-2222-4333-8444-555555555555';
const [older, newer] = [randomBytes(32), randomBytes(32)];
let world: PushWorld;

beforeAll(async () => {
  world = await PushWorld.open({ LAMP_APNS_PROBE_SECONDS: '0.5' }, [older]);
  world.apns.script = (push) => push.answer(200);
});
beforeEach(() => {
  world.apns.script = (push) => push.answer(200);
});
afterAll(() => world?.close());

async function wake(deviceId: string, options: { topic?: string; tenant?: string } = {}) {
  await world.enroll(deviceId, options);
  await world.ask(pushRequest, [deviceId], options);
  return world.outcomeOf(deviceId);
}

async function noted(topic = TOPIC) {
  const text = 'SELECT refused_at, refused_reason, not_after FROM apns_push.push_certificate_v1 WHERE topic = $1';
  type Row = { refused_at: Date | null; refused_reason: string | null; not_after: Date };
  return (await world.database.admin.query<Row>({ text }, [topic]))[0];
}

describe('a token that APNs does not take', () => {
  it('is not marked while nothing was accepted: the certificate or the address of APNs may be wrong', async () => {
    await world.upload(await newPushCertificate(world.ca));
    world.apns.script = (push) => push.answer(400, { reason: 'BadDeviceToken' });
    const sent = await wake('wrong-environment');
    expect(sent).toMatchObject({ outcome: 'rejected', reason: 'BadDeviceToken' });
    expect(sent.goneAt).toBeUndefined();
  });

  it.each(['BadDeviceToken', 'DeviceTokenNotForTopic'])('is given up as of when it was read: %s', async (reason) => {
    await wake(`proof-${reason}`);
    world.apns.script = (push) => push.answer(400, { reason });
    const before = Date.now();
    const { goneAt, outcome } = await wake(`bad-${reason}`);
    expect(outcome).toBe('rejected');
    expect(Date.parse(goneAt!)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(goneAt!)).toBeLessThanOrEqual(Date.now());
  });

  it('after 429 is left alone for a while; others are not', async () => {
    const path = await world.enroll('eager');
    world.apns.script = (push) => push.answer(429, { reason: 'TooManyRequests' });
    await world.ask(pushRequest, ['eager']);
    expect(await world.outcomeOf('eager')).toMatchObject({ outcome: 'failed', reason: 'TooManyRequests' });
    world.apns.script = (push) => push.answer(200);
    const tries = world.pushesTo(path);
    await world.ask(pushRequest, ['eager']);
    await waitFor('the second answer', () => world.sent.filter((one) => one.deviceId === 'eager').length === 2);
    expect(world.pushesTo(path)).toBe(tries);
    expect(await wake('calm')).toMatchObject({ outcome: 'accepted' });
  });

  it('is asked again after what Retry-After says, not before', async () => {
    let firstAt = 0;
    world.apns.script = (push) => {
      if (firstAt > 0) return push.answer(200);
      firstAt = performance.now();
      push.stream.respond({ ':status': 503, 'retry-after': '1' });
      push.stream.end('{"reason":"ServiceUnavailable"}');
    };
    expect(await wake('later')).toMatchObject({ outcome: 'accepted' });
    expect(performance.now() - firstAt).toBeGreaterThanOrEqual(990);
  });
});

describe('a certificate that APNs refuses', () => {
  it('stops its topic for every process, is noted for operators, and is tried by single pushes until it is taken', async () => {
    await world.upload(await newPushCertificate(world.ca));
    world.apns.script = (push) => push.answer(403, { reason: 'BadCertificate' });
    expect(await wake('stop')).toMatchObject({ outcome: 'no-certificate', reason: 'BadCertificate' });
    const row = await waitFor('the note', async () => {
      const held = await noted();
      return held?.refused_reason === null ? undefined : held;
    });
    expect(row).toMatchObject({ refused_reason: 'BadCertificate', refused_at: expect.any(Date) });
    world.apns.script = (push) => push.answer(200);
    const before = world.apns.received.length;
    const outcome = await waitFor('a probe to be taken', async () => {
      const deviceId = `probe-${world.sent.length}`;
      const sent = await wake(deviceId);
      return sent.outcome === 'accepted' ? sent : undefined;
    });
    expect(outcome.reason).toBeUndefined();
    expect(world.apns.received.length).toBe(before + 1);
    await waitFor('the note to go', async () => (await noted())?.refused_reason === null);
    expect(await wake('go-on')).toMatchObject({ outcome: 'accepted' });
  });

  it('leaves other topics and tenants alone', async () => {
    await world.upload(await newPushCertificate(world.ca, { uid: OTHER }), { tenant: 'other' });
    const refused = new Set<unknown>();
    world.apns.script = (push) => {
      if (push.headers['apns-topic'] === OTHER) return push.answer(200);
      refused.add(push.session);
      push.answer(403, { reason: 'Forbidden' });
    };
    expect(await wake('stopped-again')).toMatchObject({ outcome: 'no-certificate', reason: 'Forbidden' });
    expect(await wake('other-tenant', { tenant: 'other', topic: OTHER })).toMatchObject({ outcome: 'accepted' });
    expect(await wake('no-right-to-it', { topic: OTHER })).toMatchObject({ outcome: 'no-certificate' });
    await waitFor('the note', async () => (await noted())?.refused_reason === 'Forbidden');
    await world.upload(await newPushCertificate(world.ca));
    expect((await noted())?.refused_reason).toBeNull();
  });
});

describe('a renewal', () => {
  it('that ends before the present one is refused unless it is meant', async () => {
    const present = (await noted())!.not_after;
    const earlier = await newPushCertificate(world.ca, { notAfter: Date.now() + 5 * DAY_MS });
    expect(await world.upload(earlier)).toMatchObject({
      error: { code: 'push-certificate.older', remedy: expect.stringContaining('force') },
    });
    expect((await noted())!.not_after).toEqual(present);
    expect(await world.upload(earlier, { force: true })).toMatchObject({ ok: { topic: TOPIC } });
    expect((await noted())!.not_after).toEqual(earlier.certificate.notAfter);
  });
});

describe('a change of LAMP_SECRET_KEY', () => {
  it('seals the certificates anew at the next start; pushes go on', async () => {
    const before = await world.database.admin.query<{ sealed_pem: Buffer }>({
      text: 'SELECT sealed_pem FROM apns_push.push_certificate',
    });
    expect(before).toHaveLength(2);
    const LAMP_SECRET_KEY = [newer, older].map((key) => key.toString('base64')).join(',');
    await world.start({ LAMP_SECRET_KEY });
    const text = 'SELECT tenant, topic, sealed_pem FROM apns_push.push_certificate';
    const rows = await waitFor('both to be sealed with the new key', async () => {
      type Row = { tenant: string; topic: string; sealed_pem: Buffer };
      const held = await world.database.admin.query<Row>({ text });
      const { prefix } = new AesSealer(newer);
      return held.every((row) => row.sealed_pem.subarray(0, prefix.length).equals(prefix)) ? held : undefined;
    });
    const after = new AesSealer(newer);
    for (const { tenant, topic, sealed_pem } of rows) {
      expect(after.open(sealed_pem, `push-certificate:${tenant}:${topic}`).toString()).toContain('BEGIN CERTIFICATE');
    }
  });
});
