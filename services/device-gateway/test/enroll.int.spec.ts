import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parsePlist } from '@lamplighter/apple';
import type { PlistDict } from '@lamplighter/apple';
import { BEHIND_TERMINATOR, put, startGateway } from './gateway.ts';
import type { Gateway } from './gateway.ts';
import { newAuthority, newServer } from './pki.ts';
import type { Holder } from './pki.ts';

const openssl = spawnSync('openssl', ['version']).status === 0;
if (!openssl) process.stdout.write('skipped: signed profiles against openssl, which is not on PATH\n');

const TOKEN = 'a-token-of-some-length';
const CHALLENGE = 'scep-challenge';

const get = (gateway: Gateway, path: string, plain = false) =>
  put(gateway, Buffer.alloc(0), { method: 'GET', path, plain, headers: { accept: 'text/html' } });
const codeOf = (answer: { body: string }) => (JSON.parse(answer.body) as { code: string }).code;
const payloadsOf = (profile: string | Buffer) =>
  (parsePlist(Buffer.from(profile)) as PlistDict)['PayloadContent'] as PlistDict[];
const payload = (profile: string | Buffer, type: string) =>
  payloadsOf(profile).find((each) => each['PayloadType'] === type);

describe('GET /enroll', () => {
  let folder: string;
  let gateway: Gateway;
  let server: Holder;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'enroll-'));
    const root = await newAuthority('Server CA');
    server = await newServer(root);
    const files = {
      password: `${TOKEN}\n`,
      challenge: `${CHALLENGE}\n`,
      root: root.pem,
      cert: server.pem,
      key: server.keyPem,
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    gateway = await startGateway({
      LAMP_ENROLL_URL: 'https://mdm.example',
      LAMP_ENROLL_TOPIC: 'com.apple.mgmt.External.1',
      LAMP_ENROLL_ORGANIZATION: 'Example Inc.',
      LAMP_ENROLL_SCEP_URL: 'https://ca.example/scep',
      LAMP_ENROLL_SCEP_CHALLENGE_FILE: join(folder, 'challenge'),
      LAMP_ENROLL_CA: join(folder, 'root'),
      LAMP_ENROLL_PASSWORD_FILE: join(folder, 'password'),
      LAMP_GATEWAY_TENANTS: 'default,acme',
    });
  });
  afterAll(async () => {
    await gateway.stop();
    await rm(folder, { recursive: true });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('gives a browser a profile that enrolls devices at this gateway', async () => {
    const answer = await get(gateway, `/enroll?token=${TOKEN}`);
    expect(answer).toMatchObject({ status: 200, type: 'application/x-apple-aspen-config' });
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-disposition': 'attachment; filename="enroll.mobileconfig"',
    });
    const scep = payload(answer.body, 'com.apple.security.scep');
    expect(scep).toMatchObject({
      PayloadContent: { URL: 'https://ca.example/scep', Challenge: CHALLENGE, Subject: [[['CN', '%SerialNumber%']]] },
    });
    expect(payload(answer.body, 'com.apple.mdm')).toMatchObject({
      ServerURL: 'https://mdm.example/mdm',
      CheckInURL: 'https://mdm.example/mdm',
      Topic: 'com.apple.mgmt.External.1',
      SignMessage: true,
      CheckOutWhenRemoved: true,
      IdentityCertificateUUID: scep!['PayloadUUID'],
    });
    expect(payload(answer.body, 'com.apple.security.root')).toBeDefined();
  });

  it('gives the same profile each time, and one of its own to each tenant', async () => {
    const [first, again, acme] = await Promise.all(
      ['/enroll', '/enroll/default', '/enroll/acme'].map((path) => get(gateway, `${path}?token=${TOKEN}`)),
    );
    expect(again!.body).toBe(first!.body);
    expect(payload(acme!.body, 'com.apple.mdm')).toMatchObject({ ServerURL: 'https://mdm.example/mdm/acme' });
    const ids = [first!, acme!].flatMap(({ body }) => payloadsOf(body).map((each) => each['PayloadUUID']));
    expect(new Set(ids).size).toBe(ids.length);
    expect((await get(gateway, `/enroll/other?token=${TOKEN}`)).status).toBe(404);
  });

  it('puts the serial number of a link that is made for one device into its subject', async () => {
    const { body } = await get(gateway, `/enroll?token=${TOKEN}&serial=C02XY`);
    expect(payload(body, 'com.apple.security.scep')).toMatchObject({
      PayloadContent: { Subject: [[['CN', 'C02XY']]] },
    });
    for (const serial of ['C02%20XY', '%3Ckey%3E', 'X'.repeat(21), '']) {
      const refused = await get(gateway, `/enroll?token=${TOKEN}&serial=${serial}`);
      expect([refused.status, codeOf(refused)]).toEqual([400, 'enroll.serial']);
    }
  });

  it('refuses whoever has not the token, with 403, and keeps the token out of its log', async () => {
    const warn = jest.spyOn(gateway.log, 'warn');
    for (const path of [
      '/enroll',
      '/enroll?token=',
      '/enroll?token=wrong-one',
      `/enroll?Token=${TOKEN}`,
      '/enroll/acme',
    ]) {
      const answer = await get(gateway, path);
      expect([answer.status, codeOf(answer)]).toEqual([403, 'enroll.wrong-token']);
      expect(answer.headers).not.toHaveProperty('www-authenticate');
    }
    expect(warn).toHaveBeenCalledTimes(5);
    expect(JSON.stringify(warn.mock.calls)).not.toMatch(/wrong-one|a-token/);
  });

  it('takes up a changed challenge and password, and says little when a file is gone', async () => {
    await writeFile(join(folder, 'challenge'), 'another');
    await writeFile(join(folder, 'password'), 'another-token-of-some-length');
    expect((await get(gateway, `/enroll?token=${TOKEN}`)).status).toBe(403);
    const link = '/enroll?token=another-token-of-some-length';
    const changed = await get(gateway, link);
    expect(payload(changed.body, 'com.apple.security.scep')).toMatchObject({
      PayloadContent: { Challenge: 'another' },
    });
    const warn = jest.spyOn(gateway.log, 'warn');
    await rm(join(folder, 'challenge'));
    const answer = await get(gateway, link);
    expect([answer.status, codeOf(answer)]).toEqual([503, 'enroll.unavailable']);
    expect(answer.body).not.toContain(folder);
    expect(warn.mock.calls).toMatchObject([
      [{ status: 503 }, expect.stringContaining('LAMP_ENROLL_SCEP_CHALLENGE_FILE')],
    ]);
    await writeFile(join(folder, 'challenge'), CHALLENGE);
    await writeFile(join(folder, 'password'), TOKEN);
  });

  it('gives nothing where nothing is configured, and answers GET alone', async () => {
    const bare = await startGateway();
    try {
      const answer = await get(bare, '/enroll');
      expect([answer.status, codeOf(answer)]).toEqual([404, 'enroll.not-configured']);
      for (const method of ['POST', 'PUT', 'HEAD']) {
        expect((await put(gateway, Buffer.alloc(0), { method, path: `/enroll?token=${TOKEN}` })).status).toBe(404);
      }
    } finally {
      await bare.stop();
    }
  });

  (openssl ? it : it.skip)('signs profiles that openssl then verifies, behind a terminator too', async () => {
    const signing = await startGateway({
      ...BEHIND_TERMINATOR,
      LAMP_ENROLL_URL: 'https://mdm.example',
      LAMP_ENROLL_TOPIC: 'com.apple.mgmt.External.1',
      LAMP_ENROLL_ACME_URL: 'https://ca.example/acme/directory',
      LAMP_ENROLL_OPEN: 'true',
      LAMP_ENROLL_SIGN_CERT: join(folder, 'cert'),
      LAMP_ENROLL_SIGN_KEY: join(folder, 'key'),
    });
    try {
      const answer = await get(signing, '/enroll?serial=C02XY', true);
      expect(answer.type).toBe('application/x-apple-aspen-config');
      await writeFile(join(folder, 'profile'), answer.bytes);
      const verify = [
        'cms',
        '-verify',
        '-binary',
        '-inform',
        'DER',
        '-purpose',
        'any',
        '-in',
        'profile',
        '-CAfile',
        'root',
      ];
      const ran = spawnSync('openssl', verify, { cwd: folder });
      expect({ status: ran.status, said: ran.stderr.toString() }).toMatchObject({ status: 0 });
      expect(payload(ran.stdout, 'com.apple.security.acme')).toMatchObject({
        DirectoryURL: 'https://ca.example/acme/directory',
        ClientIdentifier: 'C02XY',
        Attest: true,
      });
    } finally {
      await signing.stop();
    }
  });
});
