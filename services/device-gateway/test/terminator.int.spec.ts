import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { certificateHash, idleFixture, tokenUpdateFixture } from '@lamplighter/apple';
import type { CheckIn, Exchange } from '@lamplighter/contracts';
import fc from 'fast-check';
import type { OutgoingHttpHeaders } from 'node:http';
import { Agent } from 'node:https';
import { createServer } from 'node:net';
import { BEHIND_TERMINATOR, CHECK_IN, put, startGateway } from './gateway.ts';
import type { Gateway, Put } from './gateway.ts';
import { newAuthority, newDevice, newServer } from './pki.ts';
import type { Holder } from './pki.ts';
import { amazonPem, barePem, clientCert, escapedPem, startTerminator } from './terminator.ts';

const hashOf = (holder: Holder) => certificateHash(Buffer.from(holder.certificate.rawData));
const codeOf = (answer: { body: string }) => (JSON.parse(answer.body) as { code: string }).code;

function recorded(gateway: Gateway): Exchange[] {
  const seen: Exchange[] = [];
  gateway.behind.exchange = async (batch) => {
    seen.push(...batch);
    return batch.map(() => ({ outcome: 'empty' as const }));
  };
  return seen;
}

describe('a gateway behind a TLS terminator', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(BEHIND_TERMINATOR);
  });
  afterAll(() => gateway.stop());
  afterEach(() => {
    for (const name of Object.keys(gateway.behind)) delete gateway.behind[name as keyof Gateway['behind']];
    jest.restoreAllMocks();
  });
  const visit = (headers: OutgoingHttpHeaders, more: Put = {}) =>
    put(gateway, idleFixture('DEVICE'), { plain: true, headers, ...more });

  it.each<[string, (holder: Holder) => string]>([
    ['RFC 9440', clientCert],
    ['escaped PEM of nginx', escapedPem],
    ['escaped PEM of AWS', amazonPem],
    ['bare base64 of Traefik', barePem],
  ])('knows a device by its certificate in %s', async (_form, write) => {
    const seen = recorded(gateway);
    expect(await visit({ 'Client-Cert': write(gateway.device) })).toMatchObject({ status: 200, body: '' });
    expect(seen).toMatchObject([{ deviceId: 'DEVICE', certificateHash: hashOf(gateway.device) }]);
  });

  it('finds the way to a trust anchor through the certificates that came along', async () => {
    const between = await newAuthority('Between', gateway.deviceAuthority);
    const device = await newDevice(between);
    const seen = recorded(gateway);
    const ways = [
      { 'Client-Cert': clientCert(device), 'Client-Cert-Chain': `${clientCert(between)}, ${clientCert(between)}` },
      { 'Client-Cert': escapedPem(device, between) },
      { 'Client-Cert': amazonPem(device, between, gateway.deviceAuthority) },
      { 'Client-Cert': barePem(device, between) },
    ];
    for (const headers of ways) expect((await visit(headers)).status).toBe(200);
    expect(seen.map((exchange) => exchange.certificateHash)).toEqual(ways.map(() => hashOf(device)));
  });

  it('tells devices apart that share a connection of the terminator', async () => {
    const [server, other] = await Promise.all([
      newServer(gateway.serverAuthority),
      newDevice(gateway.deviceAuthority, 'Other'),
    ]);
    const terminator = await startTerminator(gateway, server);
    try {
      const seen = recorded(gateway);
      const through = (holder: Holder, headers: Record<string, string> = {}) =>
        put(gateway, idleFixture(), { port: terminator.port, cert: holder.pem, key: holder.keyPem, headers });
      for (const holder of [gateway.device, other, gateway.device]) expect((await through(holder)).status).toBe(200);
      expect(seen.map((each) => each.certificateHash)).toEqual([gateway.device, other, gateway.device].map(hashOf));
      expect(terminator.connections()).toBe(1);
    } finally {
      await terminator.stop();
    }
  });

  it('takes Mdm-Signature as well, and refuses a request that shows nothing', async () => {
    const seen = recorded(gateway);
    expect((await visit({}, { signedBy: gateway.device })).status).toBe(200);
    expect(seen).toMatchObject([{ certificateHash: hashOf(gateway.device) }]);
    for (const headers of [{}, { 'Client-Cert': '' }]) {
      const answer = await visit(headers);
      expect([answer.status, codeOf(answer)]).toEqual([403, 'device.no-identity']);
    }
  });

  it.each([
    ['alone', 'Client-Cert', false],
    ['beside a good signature', 'Client-Cert', true],
    ['as a chain without a certificate', 'Client-Cert-Chain', false],
  ])('refuses the header from an address that is not trusted, %s', async (_what, name, signed) => {
    const seen = recorded(gateway);
    const warn = jest.spyOn(gateway.log, 'warn');
    const from = { localAddress: '127.0.0.2', ...(signed ? { signedBy: gateway.device } : {}) };
    for (const value of [clientCert(gateway.device), '']) {
      const answer = await visit({ [name]: value }, from);
      expect([answer.status, codeOf(answer)]).toEqual([403, 'device.untrusted-proxy']);
    }
    expect(seen).toEqual([]);
    const said = [{ code: 'device.untrusted-proxy', address: '127.0.0.2' }, expect.stringContaining('Client-Cert')];
    expect(warn.mock.calls).toMatchObject([said, said]);
  });

  it('refuses certificates that TLS would refuse', async () => {
    const [stranger, old] = await Promise.all([
      newDevice(await newAuthority('Other CA')),
      newDevice(gateway.deviceAuthority, 'Old', Date.now() - 1000),
    ]);
    const server = await newServer(gateway.deviceAuthority);
    const codes = [];
    for (const holder of [stranger, old, gateway.deviceAuthority]) {
      codes.push(codeOf(await visit({ 'Client-Cert': clientCert(holder) })));
    }
    expect(codes).toEqual([
      'device.certificate.untrusted',
      'device.certificate.expired',
      'device.certificate.wrong-usage',
    ]);
    expect((await visit({ 'Client-Cert': clientCert(server) })).status).toBe(200);
  });

  it('refuses a header that comes twice: a terminator that adds to what the client sent', async () => {
    const stranger = await newDevice(gateway.deviceAuthority, 'Stranger');
    const twice = await visit({ 'Client-Cert': [barePem(stranger), barePem(gateway.device)] });
    expect([twice.status, codeOf(twice)]).toEqual([403, 'device.certificate-header']);
  });

  it('reads certificate names for check-ins, whatever the way', async () => {
    const named = await newDevice(gateway.deviceAuthority, 'Mac, 2.5.4.5=C02XY');
    const seen: CheckIn[] = [];
    gateway.behind.checkIn = async (input) => {
      seen.push(input);
      return { outcome: 'ok' };
    };
    const body = tokenUpdateFixture('DEVICE');
    await put(gateway, body, { plain: true, type: CHECK_IN, headers: { 'Client-Cert': clientCert(named) } });
    await put(gateway, body, { plain: true, type: CHECK_IN, signedBy: named });
    expect(seen.map((each) => each.certificateNames)).toEqual([
      ['Mac', 'C02XY'],
      ['Mac', 'C02XY'],
    ]);
  });

  it('outlives whatever stands in the header', async () => {
    const good = [clientCert, escapedPem, barePem].map((write) => write(gateway.device));
    const value = fc.oneof(
      fc.string({ maxLength: 80, unit: 'grapheme-ascii' }).map((text) => text.trim()),
      fc.tuple(fc.constantFrom(...good), fc.nat(400)).map(([text, end]) => text.slice(0, end)),
      fc.tuple(fc.constantFrom(...good), fc.nat(400)).map(([text, at]) => `${text.slice(0, at)}%${text.slice(at)}`),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => `:${Buffer.from(bytes).toString('base64')}:`),
      fc
        .array(
          fc.constantFrom(':', ',', '%', '-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----', 'MIIB', ' '),
          {
            maxLength: 20,
          },
        )
        .map((parts) => parts.join('').trim()),
    );
    await fc.assert(
      fc.asyncProperty(value, value, async (certificate, chain) => {
        const answer = await visit({ 'Client-Cert': certificate, 'Client-Cert-Chain': chain });
        expect([400, 403]).toContain(answer.status);
      }),
      { numRuns: 300 },
    );
    expect((await visit({ 'Client-Cert': clientCert(gateway.device) })).status).toBe(200);
  });
});

describe('a gateway with TLS of its own that trusts a terminator too', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway({
      LAMP_GATEWAY_CERT_HEADER: 'X-Forwarded-Tls-Client-Cert',
      LAMP_GATEWAY_TRUSTED_PROXIES: '127.0.0.8/30, ::1',
      LAMP_GATEWAY_TENANTS: 'acme, other',
    });
  });
  afterAll(() => gateway.stop());
  const shown = (holder: Holder) => ({ cert: holder.pem, key: holder.keyPem, path: '/mdm/acme' });

  it('serves devices that come straight to it, and those of the terminator', async () => {
    const seen = recorded(gateway);
    expect((await put(gateway, idleFixture(), shown(gateway.device))).status).toBe(200);
    const header = { 'x-forwarded-tls-client-cert': escapedPem(gateway.device) };
    const relayed = { localAddress: '127.0.0.10', path: '/mdm/acme', headers: header };
    expect((await put(gateway, idleFixture(), relayed)).status).toBe(200);
    expect(seen.map((each) => each.certificateHash)).toEqual([hashOf(gateway.device), hashOf(gateway.device)]);
    expect((await put(gateway, idleFixture(), { ...relayed, localAddress: '127.0.0.12' })).status).toBe(403);
  });

  it('reads certificate names for check-ins of a connection that it has checked before', async () => {
    const named = await newDevice(gateway.deviceAuthority, 'Mac, 2.5.4.5=C02XY');
    const seen: CheckIn[] = [];
    gateway.behind.checkIn = async (input) => {
      seen.push(input);
      return { outcome: 'ok' };
    };
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const visit = (body: Buffer, type?: string) =>
      put(gateway, body, { ...shown(named), agent, ...(type === undefined ? {} : { type }) });
    expect((await visit(idleFixture())).status).toBe(200);
    for (let n = 0; n < 2; n++) expect((await visit(tokenUpdateFixture('DEVICE'), CHECK_IN)).status).toBe(200);
    agent.destroy();
    expect(seen.map((each) => each.certificateNames)).toEqual([
      ['Mac', 'C02XY'],
      ['Mac', 'C02XY'],
    ]);
  });

  it("never takes the terminator's own certificate for a device's", async () => {
    const seen = recorded(gateway);
    const answer = await put(gateway, idleFixture(), { ...shown(gateway.device), localAddress: '127.0.0.9' });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'device.no-identity']);
    expect(seen).toEqual([]);
  });

  it('serves the tenants that it is told to, and no other', async () => {
    const seen = recorded(gateway);
    for (const [path, status] of [
      ['/mdm/acme', 200],
      ['/mdm/other', 200],
      ['/mdm', 404],
      ['/mdm/third', 404],
    ] as const) {
      expect((await put(gateway, idleFixture(), { path, signedBy: gateway.device })).status).toBe(status);
    }
    expect(seen.map(({ tenant }) => tenant)).toEqual(['acme', 'other']);
  });
});

describe('a gateway that wants signatures', () => {
  it('neither asks for client certificates nor takes them', async () => {
    const gateway = await startGateway({ LAMP_GATEWAY_REQUIRE_SIGNATURE: 'true' });
    try {
      const seen = recorded(gateway);
      const shown = { cert: gateway.device.pem, key: gateway.device.keyPem };
      const answer = await put(gateway, idleFixture(), shown);
      expect([answer.status, codeOf(answer)]).toEqual([403, 'device.no-signature']);
      expect((await put(gateway, idleFixture(), { ...shown, signedBy: gateway.device })).status).toBe(200);
      expect(seen).toHaveLength(1);
    } finally {
      await gateway.stop();
    }
  });

  it('may do without TLS', async () => {
    const gateway = await startGateway({
      LAMP_GATEWAY_TLS: 'off',
      LAMP_GATEWAY_TLS_CERT: '',
      LAMP_GATEWAY_TLS_KEY: '',
      LAMP_GATEWAY_REQUIRE_SIGNATURE: 'true',
    });
    try {
      const plain = { plain: true };
      expect((await put(gateway, idleFixture(), { ...plain, signedBy: gateway.device })).status).toBe(200);
      expect((await put(gateway, idleFixture(), plain)).status).toBe(403);
      // No header is configured, so this is one that means nothing.
      const headers = { 'client-cert': clientCert(gateway.device) };
      expect((await put(gateway, idleFixture(), { ...plain, headers })).status).toBe(403);
    } finally {
      await gateway.stop();
    }
  });
});

const hasIpv6 = await new Promise<boolean>((resolve) => {
  const server = createServer().once('error', () => resolve(false));
  server.listen(0, '::1', () => server.close(() => resolve(true)));
});
if (!hasIpv6) process.stdout.write('skipped: terminators at IPv6 addresses, of which this machine has none\n');

(hasIpv6 ? describe : describe.skip)('a gateway that listens on IPv4 and IPv6', () => {
  it('knows terminators by either, an IPv4 address inside IPv6 included', async () => {
    const gateway = await startGateway({
      ...BEHIND_TERMINATOR,
      LAMP_GATEWAY_HOST: '::',
      LAMP_GATEWAY_TRUSTED_PROXIES: '127.0.0.1/32,::1/128',
    });
    try {
      const headers = { 'client-cert': clientCert(gateway.device) };
      const from = async (host: string, localAddress = host) =>
        (await put(gateway, idleFixture(), { plain: true, host, localAddress, headers })).status;
      expect([await from('127.0.0.1'), await from('::1'), await from('127.0.0.1', '127.0.0.2')]).toEqual([
        200, 200, 403,
      ]);
    } finally {
      await gateway.stop();
    }
  });
});
