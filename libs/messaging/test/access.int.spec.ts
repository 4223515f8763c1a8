import 'reflect-metadata';
import { AppError } from '@lamplighter/contracts';
import { nkeys } from '@nats-io/nats-core';
import * as x509 from '@peculiar/x509';
import { KeyObject, webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrokerOptions, connectBroker } from '../src/connection.ts';
import { brokerAtHand, OwnServer, quiet } from './broker.ts';

x509.cryptoProvider.set(webcrypto as never);
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A certificate for localhost that vouches for itself. */
async function selfSigned(): Promise<{ pem: string; keyPem: string }> {
  const keys = (await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=nats',
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + 3_600_000),
    keys,
    signingAlgorithm: EC,
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]),
      new x509.BasicConstraintsExtension(true, 0, true),
    ],
  });
  const keyPem = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { pem: certificate.toString('pem'), keyPem };
}

type Seed = ReturnType<typeof nkeys.createUser>;
const base64url = (value: string | Uint8Array) => Buffer.from(value).toString('base64url');

/** A NATS JWT (version 2), as `nsc` makes them. */
function jwt(issuer: Seed, subject: Seed, nats: object): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { jti: 'spec', iat: now, iss: issuer.getPublicKey(), sub: subject.getPublicKey(), name: 'spec' };
  const signed = [
    { typ: 'JWT', alg: 'ed25519-nkey' },
    { ...claims, nats: { ...nats, version: 2 } },
  ]
    .map((part) => base64url(JSON.stringify(part)))
    .join('.');
  return `${signed}.${base64url(issuer.sign(Buffer.from(signed)))}`;
}

const UNLIMITED = { subs: -1, data: -1, payload: -1 };
const ACCOUNT = { ...UNLIMITED, conn: -1, leaf: -1, imports: -1, exports: -1, wildcards: true };
const STORAGE = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

(brokerAtHand(true) ? describe : describe.skip)('the connection', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lamp-access-'));
  const servers: OwnServer[] = [];
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const start = async (config: string) => {
    const server = await OwnServer.start({
      file: file('nats.conf', `jetstream { store_dir: $LAMP_NATS_STORE }\n${config}`),
      env: {},
    });
    servers.push(server);
    return server;
  };
  const connectWith = (url: string, more: Partial<BrokerOptions>) =>
    connectBroker({
      url,
      prefix: 'access',
      replicas: 1,
      maxBytes: 16 << 20,
      service: 'spec',
      log: quiet,
      firstConnectMs: 10_000,
      ...more,
    });

  afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('is made over TLS with an authority of our own, and with no other', async () => {
    const { pem, keyPem } = await selfSigned();
    const [cert, key] = [file('cert.pem', pem), file('key.pem', keyPem)];
    const server = await start(`tls { cert_file: "${cert}", key_file: "${key}" }`);
    // By its name: the client checks no addresses.
    const url = server.url.replace('127.0.0.1', 'localhost');
    const broker = await connectWith(url, { tlsCa: cert });
    expect(broker.problem()).toBeUndefined();
    await broker.close();
    const other = file('other.pem', (await selfSigned()).pem);
    for (const refused of [{ tlsCa: other }, {}]) {
      const error = (await connectWith(url, { ...refused, firstConnectMs: 0 }).catch((one) => one)) as AppError;
      expect(error.code).toBe('broker.unreachable');
      expect(error.message).toMatch(/certificate/);
    }
  });

  it('refuses to go on without TLS where an authority is named', async () => {
    const server = await start('');
    const plain = await connectWith(server.url, {});
    await plain.close();
    const tlsCa = file('ca.pem', (await selfSigned()).pem);
    await expect(connectWith(server.url, { tlsCa, firstConnectMs: 0 })).rejects.toMatchObject({
      code: 'broker.unreachable',
    });
  });

  it('proves itself with a credentials file', async () => {
    const [operator, system, account, user] = [
      nkeys.createOperator(),
      nkeys.createAccount(),
      nkeys.createAccount(),
      nkeys.createUser(),
    ] as const;
    const preload = [
      `${system.getPublicKey()}: ${jwt(operator, system, { type: 'account', limits: ACCOUNT })}`,
      `${account.getPublicKey()}: ${jwt(operator, account, { type: 'account', limits: { ...ACCOUNT, ...STORAGE } })}`,
    ];
    const server = await start(`operator: ${jwt(operator, operator, { type: 'operator' })}
system_account: ${system.getPublicKey()}
resolver: MEMORY
resolver_preload: {
${preload.join('\n')}
}`);
    const pass = jwt(account, user, { type: 'user', ...UNLIMITED });
    const credsFile = file(
      'spec.creds',
      `-----BEGIN NATS USER JWT-----\n${pass}\n------END NATS USER JWT------\n
-----BEGIN USER NKEY SEED-----\n${Buffer.from(user.getSeed()).toString()}\n------END USER NKEY SEED------\n`,
    );
    const broker = await connectWith(server.url, { credsFile });
    expect(broker.nc.info?.jetstream).toBe(true);
    await broker.close();
    await expect(connectWith(server.url, { firstConnectMs: 0 })).rejects.toMatchObject({ code: 'broker.unreachable' });
  });

  it('names the file that it cannot read', async () => {
    const none = join(dir, 'none');
    for (const [more, setting] of [
      [{ credsFile: none }, 'LAMP_NATS_CREDS_FILE'],
      [{ tlsCa: none }, 'LAMP_NATS_TLS_CA'],
    ] as const) {
      const error = (await connectWith('nats://127.0.0.1:1', more).catch((one) => one)) as AppError;
      expect(error.code).toBe('config.unreadable-file');
      expect(error.message).toContain(setting);
      expect(error.message).toContain(none);
    }
  });

  it('waits for the streams where it may not put them in place, and says which are missing', async () => {
    const server = await start('');
    await (await connectWith(server.url, { prefix: 'another' })).close();
    const missing = connectWith(server.url, { manageStreams: false, firstConnectMs: 0 });
    await expect(missing).rejects.toMatchObject({
      code: 'broker.stream-missing',
      message: expect.stringContaining('ACCESS_EVENTS'),
    });
    const waiting = connectWith(server.url, { manageStreams: false });
    const managing = await connectWith(server.url, {});
    const waited = await waiting;
    expect(waited.problem()).toBeUndefined();
    await Promise.all([waited.close(), managing.close()]);
  });
});
