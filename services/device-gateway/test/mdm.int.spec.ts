import { randomBytes } from 'node:crypto';
import { Agent } from 'node:https';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  acknowledgedFixture,
  authenticateFixture,
  certificateHash,
  idleFixture,
  parsePlist,
  signMdmBody,
  userAuthenticateFixture,
} from '@lamplighter/apple';
import type { Exchange } from '@lamplighter/contracts';
import { Answers } from '@lamplighter/messaging';
import { CHECK_IN, put, startGateway } from './gateway.ts';
import type { Gateway } from './gateway.ts';
import { identityOf, newAuthority, newDevice } from './pki.ts';

const COMMAND = '11111111-2222-8333-8444-555555555555';

describe('PUT /mdm', () => {
  let gateway: Gateway;
  let hash: string;
  beforeAll(async () => {
    gateway = await startGateway();
    hash = certificateHash(Buffer.from(gateway.device.certificate.rawData));
  });
  afterAll(() => gateway.stop());
  afterEach(() => {
    for (const name of Object.keys(gateway.behind)) delete gateway.behind[name as keyof Gateway['behind']];
    jest.restoreAllMocks();
  });
  const signed = (body: Buffer, more: Parameters<typeof put>[2] = {}) =>
    put(gateway, body, { signedBy: gateway.device, ...more });

  it('hands a signed Idle to the queue with the identity of its certificate', async () => {
    const seen: Exchange[] = [];
    gateway.behind.exchange = async (batch) => {
      seen.push(...batch);
      return batch.map(() => ({ outcome: 'empty' as const }));
    };
    const answer = await signed(idleFixture('DEVICE-1'));
    expect(answer).toMatchObject({ status: 200, body: '' });
    expect(seen).toEqual([
      { tenant: 'default', deviceId: 'DEVICE-1', certificateHash: hash, receivedAt: expect.any(String) },
    ]);
  });

  it('identifies by the client certificate as well, also on a resumed session', async () => {
    const seen: string[] = [];
    gateway.behind.exchange = async (batch) => {
      seen.push(...batch.map((exchange) => exchange.certificateHash));
      return batch.map(() => ({ outcome: 'empty' as const }));
    };
    const shown = { cert: gateway.device.pem, key: gateway.device.keyPem };
    const agent = new Agent({ keepAlive: false, maxCachedSessions: 10 });
    const resumed: boolean[] = [];
    for (let visit = 0; visit < 3; visit++) {
      const answer = await put(gateway, idleFixture('DEVICE-2'), { ...shown, agent });
      expect(answer.status).toBe(200);
      resumed.push(answer.resumed);
    }
    agent.destroy();
    expect(seen).toEqual([hash, hash, hash]);
    expect(resumed).toEqual([false, true, true]);
  });

  it('gives the device the command that waits for it', async () => {
    gateway.behind.exchange = async (batch) =>
      batch.map(() => ({
        outcome: 'command' as const,
        commandId: COMMAND,
        requestType: 'OSUpdateStatus',
        command: '<dict><key>RequestType</key><string>OSUpdateStatus</string></dict>',
      }));
    const answer = await signed(idleFixture());
    expect(answer).toMatchObject({ status: 200, type: 'application/xml' });
    expect(parsePlist(answer.body)).toEqual({ Command: { RequestType: 'OSUpdateStatus' }, CommandUUID: COMMAND });
  });

  it('carries an answer to the queue and ends the visit with zero bytes', async () => {
    const seen: Exchange[] = [];
    gateway.behind.exchange = async (batch) => {
      seen.push(...batch);
      return batch.map(() => ({ outcome: 'empty' as const }));
    };
    const body = acknowledgedFixture(COMMAND, 'DEVICE-3');
    expect(await signed(body, { path: '/mdm/acme' })).toMatchObject({ status: 200, body: '' });
    expect(seen).toMatchObject([
      { tenant: 'acme', answer: { commandId: COMMAND, status: 'Acknowledged', payload: { xml: body.toString() } } },
    ]);
  });

  it('carries an answer of several megabytes by reference, beside small ones', async () => {
    const seen: Exchange[] = [];
    gateway.behind.exchange = async (batch) => {
      seen.push(...batch);
      return batch.map(() => ({ outcome: 'empty' as const }));
    };
    const noise = Buffer.from(Uint8Array.from({ length: 3_000_000 }, () => Math.random() * 256));
    const large = acknowledgedFixture(COMMAND, 'LARGE', { Blob: noise });
    const medium = (n: number) => acknowledgedFixture(COMMAND, `MEDIUM-${n}`, { Blob: Buffer.alloc(90_000, n) });
    const answers = await Promise.all([
      signed(large),
      ...Array.from({ length: 30 }, (_, n) => signed(medium(n))),
      signed(idleFixture('SMALL')),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    expect(seen.find(({ deviceId }) => deviceId === 'LARGE')?.answer?.payload).toHaveProperty('ref');
    expect(seen).toHaveLength(32);
  });

  it('keeps no large answer that nobody asked for, nor of a device that is not known', async () => {
    const seen: Exchange[] = [];
    gateway.behind.exchange = async (batch) => {
      seen.push(...batch);
      return batch.map(() => ({ outcome: 'empty' as const }));
    };
    const pack = jest.spyOn(Answers.prototype, 'pack');
    const large = acknowledgedFixture(COMMAND, 'LARGE', { Blob: randomBytes(1_000_000) });
    gateway.behind.announce = async () => ({ outcome: 'stray' });
    expect(await signed(large)).toMatchObject({ status: 200, body: '' });
    gateway.behind.announce = async () => ({ outcome: 'unrecognized' });
    expect(await signed(large)).toMatchObject({ status: 403, body: '{"code":"com.apple.unrecognized.device"}' });
    gateway.behind.announce = async () => ({ outcome: 'wrong-certificate' });
    expect(await signed(large)).toMatchObject({
      status: 403,
      body: expect.stringContaining('device.wrong-certificate'),
    });
    expect(seen.map(({ answer }) => answer)).toEqual([
      { commandId: COMMAND, status: 'Acknowledged', payload: { xml: expect.any(String) } },
    ]);
    const kept = await Promise.allSettled(pack.mock.results.map(({ value }) => value as Promise<unknown>));
    expect(kept.map((each) => (each.status === 'fulfilled' ? each.value : 'refused'))).toEqual([
      undefined,
      'refused',
      'refused',
    ]);
  });

  describe('refuses with 403, and never asks the queue,', () => {
    const refused = async (answer: ReturnType<typeof put>, code: string) => {
      const exchange = jest.fn(async () => []);
      gateway.behind.exchange = exchange as never;
      const warn = jest.spyOn(gateway.log, 'warn');
      const { status, type, body } = await answer;
      expect({ status, type, code: (JSON.parse(body) as { code: string }).code }).toEqual({
        status: 403,
        type: 'application/json; charset=utf-8',
        code,
      });
      expect(exchange).not.toHaveBeenCalled();
      expect(warn.mock.calls.map(([keys]) => keys)).toMatchObject([{ status: 403, code }]);
    };

    it('a request that shows nothing', () => refused(put(gateway, idleFixture()), 'device.no-identity'));

    it('a body that is not the signed one', async () => {
      const headers = { 'mdm-signature': signMdmBody(idleFixture('A'), identityOf(gateway.device)) };
      await refused(put(gateway, idleFixture('B'), { headers }), 'device.signature.digest-mismatch');
    });

    it('a signature that is none', () =>
      refused(put(gateway, idleFixture(), { headers: { 'mdm-signature': '!' } }), 'device.signature.not-base64'));

    it('a signature by a certificate of another authority', async () => {
      const stranger = await newDevice(await newAuthority());
      await refused(put(gateway, idleFixture(), { signedBy: stranger }), 'device.certificate.untrusted');
    });

    it('a client certificate of another authority', async () => {
      const stranger = await newDevice(await newAuthority('Other CA'));
      const shown = { cert: stranger.pem, key: stranger.keyPem };
      await refused(put(gateway, idleFixture(), shown), 'device.certificate.untrusted');
    });

    it('an expired certificate', async () => {
      const old = await newDevice(gateway.deviceAuthority, 'Old', Date.now() - 1000);
      await refused(put(gateway, idleFixture(), { signedBy: old }), 'device.certificate.expired');
    });

    it('a bad signature beside a good client certificate', async () => {
      const shown = { cert: gateway.device.pem, key: gateway.device.keyPem, headers: { 'mdm-signature': 'AAAA' } };
      await refused(put(gateway, idleFixture(), shown), 'device.signature.malformed');
    });
  });

  it('challenges a user once, and asks nothing of the digest that answers', async () => {
    const said = (more?: Parameters<typeof userAuthenticateFixture>[1]) =>
      signed(userAuthenticateFixture('DEVICE', more), { type: CHECK_IN });
    expect(parsePlist((await said()).body)).toEqual({ DigestChallenge: '' });
    expect(await said({ DigestResponse: 'Digest x' })).toMatchObject({ status: 200, body: '' });
  });

  it('tells only a device that the queue does not know to leave', async () => {
    gateway.behind.exchange = async (batch) => batch.map(() => ({ outcome: 'unrecognized' as const }));
    const warn = jest.spyOn(gateway.log, 'warn');
    expect(await signed(idleFixture('GONE'))).toMatchObject({
      status: 403,
      body: '{"code":"com.apple.unrecognized.device"}',
    });
    expect(warn.mock.calls).toMatchObject([
      [{ deviceId: 'GONE', certificate: hash.slice(0, 12) }, expect.stringContaining('not enrolled')],
    ]);
  });

  it('refuses an id that is enrolled with another certificate without telling the device to leave', async () => {
    gateway.behind.exchange = async (batch) => batch.map(() => ({ outcome: 'wrong-certificate' as const }));
    const answer = await signed(idleFixture('OTHER'));
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'device.wrong-certificate' });
  });

  const bombs: [string, string | Buffer, number, string][] = [
    ['nothing at all', '', 400, 'plist.not-xml'],
    ['text', 'hello', 400, 'plist.not-xml'],
    ['a binary plist', 'bplist00', 400, 'plist.binary'],
    [
      'entities',
      '<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><plist><string>&b;</string></plist>',
      400,
      'plist.doctype-subset',
    ],
    ['depth', `<plist>${'<array>'.repeat(200_000)}`, 400, 'plist.too-deep'],
    ['a plist that is no dict', '<plist><string>x</string></plist>', 400, 'connect.not-a-dict'],
    ['no status', '<plist><dict><key>UDID</key><string>A</string></dict></plist>', 400, 'connect.missing-key'],
    ['no id', '<plist><dict><key>Status</key><string>Idle</string></dict></plist>', 400, 'connect.missing-key'],
  ];
  it.each(bombs)('refuses %s with a precise error', async (_what, body, status, code) => {
    const answer = await signed(Buffer.from(body));
    expect({ status: answer.status, code: (JSON.parse(answer.body) as { code: string }).code }).toEqual({
      status,
      code,
    });
  });

  it('refuses other content types, unknown MessageTypes and unknown paths', async () => {
    const code = (answer: { body: string }) => (JSON.parse(answer.body) as { code: string }).code;
    const text = await signed(idleFixture(), { type: 'text/plain' });
    expect([text.status, code(text)]).toEqual([400, 'device.content-type']);
    const odd = await signed(authenticateFixture('A', { MessageType: 'Surprise' }), { type: CHECK_IN });
    expect([odd.status, code(odd)]).toEqual([400, 'checkin.unknown-message-type']);
    for (const [path, method] of [
      ['/', 'PUT'],
      ['/mdm', 'GET'],
      ['/mdm', 'POST'],
      ['/mdm/UPPER', 'PUT'],
    ] as const) {
      expect((await signed(idleFixture(), { path, method })).status).toBe(404);
    }
  });

  it('takes content types with parameters and in any case', async () => {
    const answer = await signed(idleFixture(), { type: 'Application/X-Apple-Aspen-MDM; charset=UTF-8' });
    expect(answer.status).toBe(200);
  });

  it('answers 503 with Retry-After where the queue cannot serve a device', async () => {
    gateway.behind.exchange = async (batch) => batch.map(() => ({ outcome: 'unavailable' as const }));
    expect(await signed(idleFixture())).toMatchObject({ status: 503, retryAfter: '60' });
    gateway.behind.exchange = async () => {
      throw new Error('broken');
    };
    expect(await signed(idleFixture())).toMatchObject({ status: 503, retryAfter: '60' });
  });

  it('answers 503 and logs the error where something fails that nobody foresaw', async () => {
    gateway.behind.exchange = async () => [null as never];
    const error = jest.spyOn(gateway.log, 'error');
    const answer = await signed(idleFixture());
    expect(answer).toMatchObject({ status: 503, body: expect.stringContaining('gateway.failed') });
    expect(error.mock.calls).toMatchObject([[{ err: expect.any(TypeError) }, expect.any(String)]]);
  });
});
