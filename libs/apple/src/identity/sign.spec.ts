import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { attachedContent } from './cms-oracle.fixture.ts';
import { authority, device, identityOf } from './pki.fixture.ts';
import { signContent } from './sign.ts';

const openssl = spawnSync('openssl', ['version']).status === 0;
if (!openssl) process.stdout.write('skipped: signed content against openssl, which is not on PATH\n');

const content = Buffer.from('<plist version="1.0"><dict/></plist>');
const valid = { notBefore: Date.now() - 86_400_000, notAfter: Date.now() + 86_400_000 };

describe('signContent', () => {
  it('carries its content under a signature that an independent implementation finds good', async () => {
    const root = await authority(valid);
    for (const rsa of [false, true]) {
      const signer = await device(root, { ...valid, rsa });
      const signed = signContent(content, identityOf(signer, root));
      expect(await attachedContent(signed)).toEqual(content);
      const broken = Buffer.from(signed);
      broken[signed.indexOf('plist')]! ^= 1;
      expect(await attachedContent(broken)).toBeUndefined();
    }
  });

  (openssl ? it : it.skip)('is verified by openssl, chain and all', async () => {
    const root = await authority(valid);
    const signer = await device(root, valid);
    const folder = mkdtempSync(join(tmpdir(), 'sign-'));
    try {
      writeFileSync(join(folder, 'signed'), signContent(content, identityOf(signer)));
      writeFileSync(join(folder, 'ca.pem'), root.pem);
      const verify = ['cms', '-verify', '-binary', '-inform', 'DER', '-purpose', 'any'];
      const ran = spawnSync('openssl', [...verify, '-in', 'signed', '-CAfile', 'ca.pem'], { cwd: folder });
      expect({ status: ran.status, said: ran.stderr.toString() }).toMatchObject({ status: 0 });
      expect(ran.stdout).toEqual(content);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
