import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { idleFixture } from '@lamplighter/apple';
import { waitFor } from '@lamplighter/testing';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { connect } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '@lamplighter/runtime';
import { config } from '../src/config.ts';
import { secureContext } from '../src/in/server-options.ts';
import { put, startGateway } from './gateway.ts';
import type { Gateway } from './gateway.ts';
import { newAuthority, newDevice, newServer } from './pki.ts';
import type { Holder } from './pki.ts';

/** The serial number of the certificate that a new connection gets. */
function served(gateway: Gateway): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: gateway.port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()!.serialNumber.toLowerCase());
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

const shownBy = ({ device, serverAuthority }: Gateway): ConnectionOptions => ({
  host: '127.0.0.1',
  servername: 'localhost',
  cert: device.pem,
  key: device.keyPem,
  ca: serverAuthority.pem,
});

async function sessionOf({ port }: Gateway, shown: ConnectionOptions): Promise<Buffer> {
  const socket = connect({ ...shown, port }).resume();
  const [session] = (await once(socket, 'session')) as [Buffer];
  socket.destroy();
  return session;
}

async function resumes({ port }: Gateway, shown: ConnectionOptions, session: Buffer): Promise<boolean> {
  const socket = connect({ ...shown, port, session }).resume();
  await once(socket, 'secureConnect');
  const resumed = socket.isSessionReused();
  socket.destroy();
  return resumed;
}

const serialOf = (holder: Holder) => holder.certificate.serialNumber.toLowerCase();

describe('changed files', () => {
  let gateway: Gateway;
  beforeEach(async () => {
    gateway = await startGateway({ LAMP_GATEWAY_RELOAD_SECONDS: '0.05' });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await gateway.stop();
  });
  /** In one step: a file that is half written is one more that is bad. */
  const replace = async (name: string, text: string) => {
    const path = join(gateway.folder, name);
    await writeFile(`${path}.next`, text);
    await rename(`${path}.next`, path);
  };
  const errors = () => {
    const error = jest.spyOn(gateway.log, 'error');
    return () => error.mock.calls.map(([keys]) => keys as { files: string; err: Error });
  };

  it('gives new connections the new server certificate, and drops neither connections nor sessions', async () => {
    const session = await sessionOf(gateway, shownBy(gateway));
    const next = await newServer(gateway.serverAuthority);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const visit = () => put(gateway, idleFixture(), { signedBy: gateway.device, agent });
    expect((await visit()).status).toBe(200);
    const [before] = Object.values(agent.freeSockets)[0]!;
    await Promise.all([replace('cert', next.pem), replace('key', next.keyPem)]);
    await waitFor('the new certificate', async () => (await served(gateway)) === serialOf(next));
    expect((await visit()).status).toBe(200);
    expect(Object.values(agent.freeSockets)[0]).toEqual([before]);
    expect(await resumes(gateway, shownBy(gateway), session)).toBe(true);
    agent.destroy();
  });

  it('follows the link that a Kubernetes volume swaps', async () => {
    const [first, second] = await Promise.all([newServer(gateway.serverAuthority), newServer(gateway.serverAuthority)]);
    const volume = join(gateway.folder, 'volume');
    for (const [name, holder] of [
      ['a', first],
      ['b', second],
    ] as const) {
      await mkdir(join(volume, name), { recursive: true });
      await writeFile(join(volume, name, 'tls.crt'), holder.pem);
      await writeFile(join(volume, name, 'tls.key'), holder.keyPem);
    }
    await symlink('a', join(volume, 'data'));
    const mounted = await startGateway({
      LAMP_GATEWAY_RELOAD_SECONDS: '0.05',
      LAMP_GATEWAY_TLS_CERT: join(volume, 'data', 'tls.crt'),
      LAMP_GATEWAY_TLS_KEY: join(volume, 'data', 'tls.key'),
    });
    try {
      expect(await served(mounted)).toBe(serialOf(first));
      await symlink('b', join(volume, 'next'));
      await rename(join(volume, 'next'), join(volume, 'data'));
      await waitFor('the second certificate', async () => (await served(mounted)) === serialOf(second));
    } finally {
      await mounted.stop();
    }
  });

  it('turns to new device authorities at once, on open connections too', async () => {
    const authority = await newAuthority('Next CA');
    const device = await newDevice(authority, 'Next');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const shown = { cert: gateway.device.pem, key: gateway.device.keyPem };
    const status = async (more: object) => (await put(gateway, idleFixture(), more)).status;
    expect(await status({ ...shown, agent })).toBe(200);
    expect(await status({ signedBy: device })).toBe(403);
    await replace('ca', authority.pem);
    await waitFor('the new authority', async () => (await status({ signedBy: device })) === 200);
    expect(await status({ cert: device.pem, key: device.keyPem })).toBe(200);
    expect(await status({ ...shown, agent })).toBe(403);
    agent.destroy();
  });

  it.each([
    ['what is no PEM', 'cert', () => Promise.resolve('gone wrong')],
    ['a key of another certificate', 'key', async () => (await newServer(gateway.serverAuthority)).keyPem],
    [
      'authorities that cannot be read',
      'ca',
      () => Promise.resolve('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
    ],
  ])('keeps what it has when it finds %s, says so once, and takes the next good file', async (_what, name, bad) => {
    const before = await served(gateway);
    const logged = errors();
    await replace(name, await bad());
    await waitFor('an error in the log', () => logged().length > 0);
    expect(await served(gateway)).toBe(before);
    expect((await put(gateway, idleFixture(), { signedBy: gateway.device })).status).toBe(200);
    expect(logged()).toMatchObject([{ err: { code: 'config.unreadable-file' } }]);
    const next = await newServer(gateway.serverAuthority);
    await Promise.all([
      replace('cert', next.pem),
      replace('key', next.keyPem),
      replace('ca', gateway.deviceAuthority.pem),
    ]);
    await waitFor('the next certificate', async () => (await served(gateway)) === serialOf(next));
  });

  it('keeps what it has when a file is gone', async () => {
    const logged = errors();
    await rm(join(gateway.folder, 'key'));
    await waitFor('an error in the log', () => logged().length > 0);
    expect((await put(gateway, idleFixture(), { signedBy: gateway.device })).status).toBe(200);
  });
});

describe('session ticket keys', () => {
  it('let a device resume at another replica, until they are changed', async () => {
    const first = await startGateway();
    const keys = join(first.folder, 'ticket-keys');
    await writeFile(keys, randomBytes(48));
    const identity = (name: string) => join(first.folder, name);
    const settings = {
      LAMP_GATEWAY_RELOAD_SECONDS: '0.05',
      LAMP_GATEWAY_TICKET_KEYS_FILE: keys,
      LAMP_GATEWAY_TLS_CERT: identity('cert'),
      LAMP_GATEWAY_TLS_KEY: identity('key'),
      LAMP_DEVICE_CA: identity('ca'),
    };
    const replicas = await Promise.all([startGateway(settings), startGateway(settings)]);
    const shown = shownBy(first);
    try {
      const [a, b] = replicas as [Gateway, Gateway];
      const session = await sessionOf(a, shown);
      expect([await resumes(b, shown, session), await resumes(first, shown, session)]).toEqual([true, false]);
      await writeFile(keys, randomBytes(48));
      await waitFor('other keys', async () => !(await resumes(b, shown, session)));
    } finally {
      await Promise.all([first, ...replicas].map((each) => each.stop()));
    }
  });
});

describe('files that cannot serve TLS', () => {
  it('are refused at start, with the setting that names them', async () => {
    const [server, other] = await Promise.all([newServer(await newAuthority()), newServer(await newAuthority())]);
    const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
    const file = async (name: string, content: string | Buffer) => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    };
    const good = {
      LAMP_GATEWAY_TLS_CERT: await file('cert', server.pem),
      LAMP_GATEWAY_TLS_KEY: await file('key', server.keyPem),
      LAMP_GATEWAY_TICKET_KEYS_FILE: await file('tickets', randomBytes(48)),
      LAMP_DEVICE_CA: 'ca',
    };
    const start = (more: Partial<typeof good>) =>
      secureContext(parseConfig('device-gateway', config, { ...good, ...more }), '');
    expect(start({})).toMatchObject({ cert: server.pem, ticketKeys: expect.any(Buffer) });
    const refused = (setting: string) =>
      expect.objectContaining({ code: 'config.unreadable-file', message: expect.stringContaining(setting) });
    for (const [setting, content] of [
      ['LAMP_GATEWAY_TLS_KEY', other.keyPem],
      ['LAMP_GATEWAY_TLS_CERT', 'nothing'],
      ['LAMP_GATEWAY_TICKET_KEYS_FILE', randomBytes(47)],
    ] as const) {
      const path = await file('bad', content);
      expect(() => start({ [setting]: path })).toThrow(refused(setting));
    }
    expect(() => start({ LAMP_GATEWAY_TICKET_KEYS_FILE: join(folder, 'none') })).toThrow(refused('TICKET_KEYS'));
    await rm(folder, { recursive: true });
  });
});
