import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Bed, startBed } from './bed.ts';

let bed: Bed;

beforeAll(async () => {
  bed = await startBed(() => true);
  const text = `INSERT INTO apns_push.push_certificate
      (tenant, topic, sealed_pem, not_after, uploaded_at, refused_at, refused_reason)
    VALUES ('default', 'com.apple.mgmt.a', '', now() + interval '200 days 1 hour', now(), NULL, NULL),
           ('default', 'com.apple.mgmt.b', '', now() + interval '13 days 1 hour', now(), NULL, NULL),
           ('default', 'com.apple.mgmt.c', '', now() - interval '1 hour', now(), NULL, NULL),
           ('default', 'com.apple.mgmt.d', '', now() + interval '99 days 1 hour', now(), '2026-11-20T02:00Z', 'BadCertificate'),
           ('other', 'com.apple.mgmt.e', '', now(), now(), NULL, NULL)`;
  await bed.database.admin.query({ text });
});
afterAll(() => bed?.stop());

describe('GET /v1/push-certificates', () => {
  it("shows what is left of the tenant's own, and whether APNs takes them", async () => {
    const { status, json } = await bed.call('/v1/push-certificates', { authorization: 'Bearer lamp-test-token' });
    expect(status).toBe(200);
    expect(json()).toMatchObject({
      items: [
        { topic: 'com.apple.mgmt.a', daysLeft: 200, state: 'valid' },
        { topic: 'com.apple.mgmt.b', daysLeft: 13, state: 'expires-soon' },
        { topic: 'com.apple.mgmt.c', daysLeft: -1, state: 'expired' },
        {
          topic: 'com.apple.mgmt.d',
          daysLeft: 99,
          state: 'refused',
          refused: { at: '2026-11-20T02:00:00.000Z', reason: 'BadCertificate' },
        },
      ],
    });
  });
});
