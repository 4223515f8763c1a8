import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settings } from '../../test/fixtures.ts';
import { MaidTokenServices } from './maid-token-services.ts';

describe('tokens for com.apple.maid', () => {
  let folder: string;
  let publicKey: KeyObject;
  const file = (name: string) => join(folder, name);
  const services = (name?: string) =>
    new MaidTokenServices(name === undefined ? settings : { ...settings, LAMP_MAID_FILE: file(name) });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maid-'));
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    ({ publicKey } = rsa);
    const { privateKey: curve } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const account = (keyFile: string) => JSON.stringify({ default: { serverUuid: 'SERVER', keyFile: file(keyFile) } });
    await writeFile(file('key.pem'), rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await writeFile(file('ec.pem'), curve.export({ type: 'pkcs8', format: 'pem' }));
    await writeFile(file('good.json'), account('key.pem'));
    await writeFile(file('ec.json'), account('ec.pem'));
    await writeFile(file('no-key.json'), account('absent.pem'));
    await writeFile(file('broken.json'), '{"default": {}}');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('bear the claims that Apple asks for, the signature of the key, and an id of their own', () => {
    const given = services('good.json');
    const tokens = [1, 2].map(() => given.tokenFor('default', 'com.apple.maid')!.toString());
    const claims = tokens.map((token) => {
      const [head, body, signature] = token.split('.');
      expect(JSON.parse(Buffer.from(head!, 'base64url').toString())).toEqual({ alg: 'RS256', typ: 'JWT' });
      const signed = Buffer.from(`${head}.${body}`);
      expect(verify('sha256', signed, publicKey, Buffer.from(signature!, 'base64url'))).toBe(true);
      return JSON.parse(Buffer.from(body!, 'base64url').toString()) as Record<string, unknown>;
    });
    expect(claims[0]).toMatchObject({ iss: 'SERVER', service_type: 'com.apple.maid', iat: expect.any(Number) });
    expect(claims[0]!['jti']).not.toBe(claims[1]!['jti']);
  });

  it('are for tenants that have a key, and for no other service', () => {
    expect(services('good.json').tokenFor('other', 'com.apple.maid')).toBeUndefined();
    expect(services('good.json').tokenFor('default', 'com.apple.watch.pairing')).toBeUndefined();
    expect(services().tokenFor('default', 'com.apple.maid')).toBeUndefined();
  });

  it.each(['absent.json', 'broken.json', 'no-key.json', 'ec.json'])('do not start with %s, and say why', (name) => {
    expect(() => services(name)).toThrow(
      expect.objectContaining({ code: 'config.unreadable-file', message: expect.stringContaining('LAMP_MAID_FILE') }),
    );
  });
});
