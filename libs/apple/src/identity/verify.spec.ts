import { createHash } from 'node:crypto';
import { describe, expect, it, beforeAll } from '@jest/globals';
import { idleFixture } from '../fixtures/messages.ts';
import { ChainCache } from './chain-cache.ts';
import { cms, cmsHolds } from './cms-oracle.fixture.ts';
import { der } from './der-write.ts';
import { authority, device, identityOf, NOW } from './pki.fixture.ts';
import type { Authority } from './pki.fixture.ts';
import { signMdmBody } from './sign.ts';
import { trustAnchors } from './trust.ts';
import type { TrustAnchors } from './checked-certificate.ts';
import { verifyMdmSignature } from './verify.ts';

const body = idleFixture();
let ca: Authority;
let rsaCa: Authority;
let leaf: Authority;
let rsaLeaf: Authority;
let anchors: TrustAnchors;

beforeAll(async () => {
  ca = await authority();
  rsaCa = await authority({ name: 'RSA CA', rsa: true });
  leaf = await device(ca);
  rsaLeaf = await device(rsaCa, { rsa: true });
  anchors = trustAnchors(ca.pem + '\n' + rsaCa.pem);
});

function verify(signature: Buffer | string, of: Buffer = body) {
  return verifyMdmSignature(typeof signature === 'string' ? signature : signature.toString('base64'), of, {
    anchors,
    now: NOW,
  });
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as { code: string }).code ?? String(error);
  }
  return 'accepted';
}

describe('a signature that holds', () => {
  /** As the other library finds it. */
  const hashOfSignedPart = ({ certificate }: Authority) =>
    createHash('sha256')
      .update(Buffer.from((certificate as unknown as { tbs: ArrayBuffer }).tbs))
      .digest('hex');

  it('names the certificate by the SHA-256 of its signed part, with subject and end of validity', async () => {
    const found = verify(await cms(body, leaf));
    expect(found.certificateHash).toBe(hashOfSignedPart(leaf));
    expect(found.subject).toContain('CN=Device');
    expect(found.notAfter.getTime()).toBe(leaf.certificate.notAfter.getTime());
  });

  it.each(['SHA-256', 'SHA-384', 'SHA-512'] as const)('may be ECDSA with %s', async (hash) => {
    const signature = await cms(body, leaf, { hash });
    expect(codeOf(() => verify(signature))).toBe('accepted');
  });

  it.each(['SHA-256', 'SHA-384', 'SHA-512'] as const)('may be RSA with %s', async (hash) => {
    const signature = await cms(body, rsaLeaf, { hash });
    expect(codeOf(() => verify(signature))).toBe('accepted');
  });

  it('may lack signed attributes', async () => {
    const signature = await cms(body, leaf, { attributes: false });
    expect(codeOf(() => verify(signature))).toBe('accepted');
    expect(codeOf(() => verify(signature, Buffer.concat([body, Buffer.from(' ')])))).toBe('signature.mismatch');
  });

  it('may name its signer by key identifier', async () => {
    const signature = await cms(body, leaf, { keyId: true, certificates: [ca, leaf] });
    expect(codeOf(() => verify(signature))).toBe('accepted');
  });

  it('may bring certificates that do not matter', async () => {
    const signature = await cms(body, leaf, { certificates: [rsaLeaf, ca, leaf] });
    expect(verify(signature).certificateHash).toBe(hashOfSignedPart(leaf));
  });

  it('may have outer layers of indefinite length, as a streaming encoder writes them', async () => {
    const signature = indefinite(await cms(body, leaf));
    expect(signature.subarray(0, 2)).toEqual(Buffer.from([0x30, 0x80]));
    expect(codeOf(() => verify(signature))).toBe('accepted');
    expect(codeOf(() => verify(signature.subarray(0, -2)))).toBe('signature.malformed');
  });

  it('is what signMdmBody makes, for pkijs too', async () => {
    for (const each of [leaf, rsaLeaf]) {
      const header = signMdmBody(body, identityOf(each));
      expect(codeOf(() => verify(header))).toBe('accepted');
      await expect(cmsHolds(header, body)).resolves.toBe(true);
    }
  });

  it('is checked again in full when it comes from the cache', async () => {
    const cache = new ChainCache();
    const header = signMdmBody(body, identityOf(leaf));
    const options = { anchors, now: NOW, cache };
    verifyMdmSignature(header, body, options);
    expect(cache.size).toBe(1);
    verifyMdmSignature(header, body, options);
    expect(codeOf(() => verifyMdmSignature(header, Buffer.from('x'), options))).toBe('signature.digest-mismatch');
    expect(codeOf(() => verifyMdmSignature(header, body, { ...options, now: Date.UTC(2090, 1) }))).toBe(
      'certificate.expired',
    );
    const others = trustAnchors(rsaCa.pem);
    expect(codeOf(() => verifyMdmSignature(header, body, { ...options, anchors: others }))).toBe(
      'certificate.untrusted',
    );
  });
});

describe('a signature that does not hold', () => {
  it('is refused for another body, even by one bit', async () => {
    const signature = await cms(body, leaf);
    const other = Buffer.from(body);
    other[40]! ^= 1;
    expect(codeOf(() => verify(signature, other))).toBe('signature.digest-mismatch');
  });

  it('is refused when the digest in it is changed to fit another body', async () => {
    const other = Buffer.from('another body');
    const signature = await cms(body, leaf);
    const at = signature.indexOf(createHash('sha256').update(body).digest());
    createHash('sha256').update(other).digest().copy(signature, at);
    expect(codeOf(() => verify(signature, other))).toBe('signature.mismatch');
  });

  it('is refused when another key signed under the certificate', async () => {
    const thief = await device(ca);
    const signature = signMdmBody(body, { ...identityOf(thief), certificateDer: leaf.der });
    expect(codeOf(() => verify(signature))).toBe('signature.mismatch');
  });

  it("is refused when the key's kind is not the algorithm's", () => {
    const signature = signMdmBody(body, { ...identityOf(rsaLeaf), certificateDer: leaf.der });
    expect(codeOf(() => verify(signature))).toBe('signature.unsupported');
  });

  it('is refused with SHA-1, unless that is asked for', async () => {
    const signature = await cms(body, rsaLeaf, { hash: 'SHA-1' });
    expect(codeOf(() => verify(signature))).toBe('signature.weak-digest');
    const allowed = { anchors, now: NOW, allowSha1: true };
    expect(codeOf(() => verifyMdmSignature(signature.toString('base64'), body, allowed))).toBe('accepted');
  });

  it('is refused with no signer, with two, without its certificate, and with a content of its own', async () => {
    const none = await cms(body, leaf, { signers: [] });
    expect(codeOf(() => verify(none))).toBe('signature.no-signer');
    const two = await cms(body, leaf, { signers: [leaf, leaf] });
    expect(codeOf(() => verify(two))).toBe('signature.several-signers');
    const bare = await cms(body, leaf, { certificates: [ca] });
    expect(codeOf(() => verify(bare))).toBe('signature.no-certificate');
    const attached = await cms(body, leaf, { attached: true });
    expect(codeOf(() => verify(attached))).toBe('signature.not-detached');
  });

  it('is refused when it is empty, too long, not base64, cut short or followed by more', async () => {
    const signature = await cms(body, leaf);
    expect(codeOf(() => verify(''))).toBe('signature.missing');
    expect(codeOf(() => verify('A'.repeat(65_540)))).toBe('signature.too-large');
    expect(codeOf(() => verify('<not base64>'))).toBe('signature.not-base64');
    expect(codeOf(() => verify(Buffer.concat([signature, Buffer.from([5, 0])])))).toBe('signature.malformed');
    for (let length = 0; length < signature.length; length += 7) {
      expect(codeOf(() => verify(signature.subarray(0, length)))).toMatch(/^signature\.(malformed|missing)$/);
    }
  });

  it('never breaks out of its error type, whichever byte is changed', async () => {
    const signature = await cms(body, leaf);
    const codes = new Set<string>();
    for (let at = 0; at < signature.length; at++) {
      for (const bits of [0x01, 0x80, 0xff]) {
        const changed = Buffer.from(signature);
        changed[at]! ^= bits;
        codes.add(codeOf(() => verify(changed)));
      }
    }
    for (const code of codes) expect(code).toMatch(/^(signature|certificate)\.|^accepted$/);
  });
});

/** The three outer layers and the certificates with indefinite lengths. */
function indefinite(signature: Buffer): Buffer {
  const end = Buffer.from([0, 0]);
  const open = (tag: number, ...parts: Buffer[]) => Buffer.concat([Buffer.from([tag, 0x80]), ...parts, end]);
  const [info] = children(signature);
  const [oid, content] = children(info!.content);
  const [data] = children(content!.content);
  const parts = children(data!.content).map(({ tag, content: inner }) =>
    tag === 0xa0 ? open(tag, inner) : der(tag, inner),
  );
  return open(0x30, der(0x06, oid!.content), open(0xa0, open(0x30, ...parts)));
}

function children(bytes: Buffer): { tag: number; content: Buffer }[] {
  const found: { tag: number; content: Buffer }[] = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at + 1]!;
    const extra = first < 0x80 ? 0 : first & 0x7f;
    const length = extra === 0 ? first : bytes.readUIntBE(at + 2, extra);
    const start = at + 2 + extra;
    found.push({ tag: bytes[at]!, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}
