import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { describe, expect, it } from '@jest/globals';
import { ChainCache } from './chain-cache.ts';
import { certificateHash } from './certificate.ts';
import { der as derOf } from './der-write.ts';
import { DerReader, TAG } from './der.ts';
import { authority, device, identityOf, NOW } from './pki.fixture.ts';
import { signMdmBody } from './sign.ts';
import { checkClientCertificate, trustAnchors } from './trust.ts';
import type { TrustAnchors } from './checked-certificate.ts';
import { verifyMdmSignature } from './verify.ts';

function check(der: Buffer, anchors: TrustAnchors, intermediates: Buffer[] = [], now = NOW): string {
  try {
    checkClientCertificate(der, { anchors, now, intermediates });
  } catch (error) {
    return (error as { code: string }).code ?? String(error);
  }
  return 'accepted';
}

describe('a certificate chain', () => {
  it('may lead to any of several anchors', async () => {
    const [a, b] = [await authority({ name: 'A' }), await authority({ name: 'B', rsa: true })];
    const anchors = trustAnchors(a.pem + b.pem);
    expect(check((await device(a)).der, anchors)).toBe('accepted');
    expect(check((await device(b)).der, anchors)).toBe('accepted');
  });

  it('may lead through intermediates, in any order, also inside a signature', async () => {
    const root = await authority({ name: 'Root' });
    const upper = await authority({ name: 'Upper' }, root);
    const lower = await authority({ name: 'Lower' }, upper);
    const leaf = await device(lower);
    const anchors = trustAnchors(root.pem);
    expect(check(leaf.der, anchors, [lower.der, upper.der])).toBe('accepted');
    expect(check(leaf.der, anchors, [upper.der, lower.der])).toBe('accepted');
    expect(check(leaf.der, anchors, [lower.der])).toBe('certificate.untrusted');
    const body = Buffer.from('body');
    const header = signMdmBody(body, identityOf(leaf, lower, upper));
    expect(verifyMdmSignature(header, body, { anchors, now: NOW }).subject).toContain('CN=Device');
  });

  it('is refused where another CA of the same name signed', async () => {
    const [ours, theirs] = [await authority({ name: 'Same' }), await authority({ name: 'Same' })];
    expect(check((await device(theirs)).der, trustAnchors(ours.pem))).toBe('certificate.untrusted');
  });

  it('is refused for a self-signed certificate, unless that is an anchor itself', async () => {
    const lone = await device(undefined);
    expect(check(lone.der, trustAnchors((await authority()).pem))).toBe('certificate.untrusted');
    expect(check(lone.der, trustAnchors(lone.pem))).toBe('accepted');
  });

  it('is refused where the issuer is no CA, or may not sign certificates', async () => {
    const root = await authority();
    const plain = await device(root, { name: 'Plain device' });
    const anchors = trustAnchors(root.pem);
    expect(check((await device(plain)).der, anchors, [plain.der])).toBe('certificate.issuer-not-ca');
    const crlOnly = await authority(
      {
        name: 'CRL only',
        extensions: [
          new x509.BasicConstraintsExtension(true, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.cRLSign, true),
        ],
      },
      root,
    );
    expect(check((await device(crlOnly)).der, anchors, [crlOnly.der])).toBe('certificate.issuer-not-ca');
  });

  it('is refused where it is longer than a CA allows', async () => {
    const root = await authority({ name: 'Short root' }, undefined, 0);
    const middle = await authority({ name: 'Middle' }, root);
    const anchors = trustAnchors(root.pem);
    expect(check((await device(root)).der, anchors)).toBe('accepted');
    expect(check((await device(middle)).der, anchors, [middle.der])).toBe('certificate.issuer-not-ca');
  });

  it('is refused outside the validity of the device certificate or of a CA', async () => {
    const root = await authority({ name: 'Old', notAfter: NOW + 1000 });
    const anchors = trustAnchors(root.pem);
    const leaf = await device(root);
    expect(check(leaf.der, anchors)).toBe('accepted');
    expect(check(leaf.der, anchors, [], NOW + 2000)).toBe('certificate.expired');
    const late = await device(root, { notBefore: NOW + 86_400_000 });
    expect(check(late.der, anchors)).toBe('certificate.not-yet-valid');
    const gone = await device(root, { notAfter: NOW - 1000 });
    expect(check(gone.der, anchors)).toBe('certificate.expired');
  });

  it('is refused for a certificate made for something else than a client', async () => {
    const root = await authority();
    const anchors = trustAnchors(root.pem);
    const server = await device(root, {
      extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth])],
    });
    expect(check(server.der, anchors)).toBe('certificate.wrong-usage');
    const sealer = await device(root, {
      extensions: [new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyEncipherment, true)],
    });
    expect(check(sealer.der, anchors)).toBe('certificate.wrong-usage');
    expect(check((await device(root, { extensions: [] })).der, anchors)).toBe('accepted');
  });

  it('is refused for a critical extension that nobody here understands', async () => {
    const root = await authority();
    const odd = await device(root, {
      extensions: [new x509.Extension('1.2.3.4', true, new Uint8Array([5, 0]))],
    });
    expect(check(odd.der, trustAnchors(root.pem))).toBe('certificate.critical-extension');
  });

  it('is refused for bytes that are no certificate', async () => {
    const root = await authority();
    const anchors = trustAnchors(root.pem);
    expect(check(Buffer.from('nonsense'), anchors)).toBe('certificate.malformed');
    expect(check(root.der.subarray(0, 100), anchors)).toBe('certificate.malformed');
    expect(() => trustAnchors('no PEM')).toThrow(/no PEM certificate/);
  });
});

describe('the chain cache', () => {
  it('forgets the longest unused certificate when it is full', async () => {
    const root = await authority();
    const anchors = trustAnchors(root.pem);
    const cache = new ChainCache(2);
    const [a, b, c] = [await device(root), await device(root), await device(root)];
    const checked = [a, b].map(({ der }) => checkClientCertificate(der, { anchors, now: NOW, cache }));
    expect(checkClientCertificate(a.der, { anchors, now: NOW, cache })).toBe(checked[0]);
    checkClientCertificate(c.der, { anchors, now: NOW, cache });
    expect(cache.size).toBe(2);
    expect(cache.get(checked[0]!.certificateHash, anchors)).toBe(checked[0]);
    expect(cache.get(checked[1]!.certificateHash, anchors)).toBeUndefined();
  });
});

describe('the hash of a certificate', () => {
  const ORDER_OF_P256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

  /** The same with the other one of the two values that every ECDSA signature has: anybody can make it. */
  function twinOf(der: Buffer): Buffer {
    const outer = new DerReader(der, 'certificate.malformed');
    const parts = outer.inside(outer.take(TAG.sequence, 'certificate'));
    const [body, algorithm] = [parts.whole(parts.any()), parts.whole(parts.any())];
    const signature = new DerReader(parts.content(parts.any()).subarray(1), 'certificate.malformed');
    const pair = signature.inside(signature.take(TAG.sequence, 'signature'));
    const r = pair.whole(pair.any());
    const s = (ORDER_OF_P256 - BigInt(`0x${pair.hex(pair.any())}`)).toString(16);
    const bytes = Buffer.from(s.padStart(s.length + (s.length % 2), '0'), 'hex');
    const integer = derOf(TAG.integer, ...(bytes[0]! < 0x80 ? [bytes] : [Buffer.from([0]), bytes]));
    return derOf(
      TAG.sequence,
      body,
      algorithm,
      derOf(TAG.bitString, Buffer.from([0]), derOf(TAG.sequence, r, integer)),
    );
  }

  it('is the same for a copy with another signature that holds: no device makes two certificates of its one', async () => {
    const root = await authority();
    const { der } = await device(root);
    const twin = twinOf(der);
    expect(twin.equals(der)).toBe(false);
    const options = { anchors: trustAnchors(root.pem), now: NOW };
    const hashes = [der, twin].map((each) => checkClientCertificate(each, options).certificateHash);
    expect(hashes[1]).toBe(hashes[0]);
    expect(certificateHash((await device(root)).der)).not.toBe(hashes[0]);
  });
});
