import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensurePki } from './pki.ts';

describe('the certificates of one machine', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'lamp-pki-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  const read = (path: string): X509Certificate => new X509Certificate(readFileSync(path));

  it('name localhost and what else was asked for, under an authority of their own', async () => {
    const paths = await ensurePki(dir, ['mdm.example.org']);
    const gateway = read(paths.gatewayCert);
    for (const host of ['localhost', 'mdm.example.org']) expect(gateway.checkHost(host)).toBeDefined();
    expect(gateway.checkIP('127.0.0.1')).toBeDefined();
    expect(gateway.verify(read(paths.gatewayCa).publicKey)).toBe(true);
    expect(read(paths.deviceCa).ca).toBe(true);
  });

  it('stay as they are while they do, and keep their authority when a name is added', async () => {
    const paths = await ensurePki(dir);
    const [first, authority] = [read(paths.gatewayCert), read(paths.gatewayCa)];
    await ensurePki(dir);
    expect(read(paths.gatewayCert).serialNumber).toBe(first.serialNumber);
    await ensurePki(dir, ['mdm.example.org']);
    expect(read(paths.gatewayCert).serialNumber).not.toBe(first.serialNumber);
    expect(read(paths.gatewayCa).serialNumber).toBe(authority.serialNumber);
  });

  it('have keys that their owner alone reads', async () => {
    const paths = await ensurePki(dir);
    for (const path of [paths.deviceCaKey, paths.gatewayKey]) expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});
