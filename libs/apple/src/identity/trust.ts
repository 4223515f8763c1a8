import { X509Certificate } from 'node:crypto';
import { certificateHash, mayIdentifyDevice, maySignCertificates, readCertificate } from './certificate.ts';
import type { Certificate } from './certificate.ts';
import type { ChainCache } from './chain-cache.ts';
import type { CheckedCertificate, TrustAnchors } from './checked-certificate.ts';
import { SIGNATURES } from './oids.ts';
import { SignatureError } from './signature-error.ts';

export interface ChainOptions {
  readonly anchors: TrustAnchors;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Intermediate certificates (DER) that came with the device's. */
  readonly intermediates?: readonly Buffer[];
  readonly cache?: ChainCache;
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const MAX_CHAIN = 6;
const MAX_SIGNATURE_CHECKS = 24;

/** Reads one or more concatenated PEM certificates. Throws SignatureError where there is none or one is no certificate. */
export function trustAnchors(pem: string): TrustAnchors {
  const blocks = pem.match(PEM) ?? [];
  if (blocks.length === 0)
    throw new SignatureError('certificate.malformed', 'no PEM certificate among the trust anchors');
  return { certificates: blocks.map((block) => readCertificate(fromPem(block))) };
}

function fromPem(block: string): Buffer {
  try {
    return Buffer.from(new X509Certificate(block).raw);
  } catch {
    throw new SignatureError('certificate.malformed', 'a trust anchor that cannot be read');
  }
}

/**
 * Checks a device's certificate against the anchors: signatures, validity, CA flags, path lengths, key usages.
 * Not revocation: an enrollment is ended by removing it, not its certificate. Used for Mdm-Signature and for mTLS alike.
 */
export function checkClientCertificate(der: Buffer, options: ChainOptions): CheckedCertificate {
  const hash = certificateHash(der);
  const { anchors, now, cache } = options;
  const known = cache?.get(hash, anchors);
  if (known && now >= known.validFrom && now <= known.validUntil) return known;
  const leaf = readCertificate(der, hash);
  assertUsable(leaf, 'the device certificate', now);
  if (!mayIdentifyDevice(leaf)) {
    throw new SignatureError('certificate.wrong-usage', 'the device certificate is not for client authentication');
  }
  const chain = new ChainSearch(options).find(leaf);
  const checked: CheckedCertificate = {
    certificateHash: hash,
    subject: leaf.subjectText,
    notAfter: new Date(leaf.validUntil),
    publicKey: leaf.publicKey,
    validFrom: Math.max(...chain.map((certificate) => certificate.validFrom)),
    validUntil: Math.min(...chain.map((certificate) => certificate.validUntil)),
  };
  cache?.set(hash, anchors, checked);
  return checked;
}

function assertUsable(certificate: Certificate, what: string, now: number): void {
  if (now < certificate.validFrom) throw new SignatureError('certificate.not-yet-valid', `${what} is not valid yet`);
  if (now > certificate.validUntil) throw new SignatureError('certificate.expired', `${what} has expired`);
  if (certificate.hasUnknownCritical) {
    throw new SignatureError(
      'certificate.critical-extension',
      `${what} has a critical extension that is not understood`,
    );
  }
}

/** Looks for a way up from the leaf. Bounded, for the intermediates are whatever the sender put in. */
class ChainSearch {
  private readonly options: ChainOptions;
  private readonly intermediates: Certificate[];
  private checksLeft = MAX_SIGNATURE_CHECKS;
  private reason: SignatureError | undefined;

  constructor(options: ChainOptions) {
    this.options = options;
    this.intermediates = (options.intermediates ?? []).slice(0, MAX_CHAIN).map((each) => readCertificate(each));
  }

  find(leaf: Certificate): Certificate[] {
    const chain = this.isAnchor(leaf) ? [leaf] : this.climb([leaf]);
    if (chain) return chain;
    throw (
      this.reason ?? new SignatureError('certificate.untrusted', 'the certificate leads to none of the trust anchors')
    );
  }

  private climb(chain: Certificate[]): Certificate[] | undefined {
    const current = chain.at(-1);
    if (!current || chain.length > MAX_CHAIN) return undefined;
    for (const anchor of this.options.anchors.certificates) {
      if (this.issued(anchor, current, chain.length - 1)) return [...chain, anchor];
    }
    for (const candidate of this.intermediates) {
      if (chain.some(({ hash }) => hash === candidate.hash)) continue;
      if (!this.issued(candidate, current, chain.length - 1)) continue;
      const found = this.climb([...chain, candidate]);
      if (found) return found;
    }
    return undefined;
  }

  /** `below`: how many intermediates stand between this issuer and the leaf. */
  private issued(issuer: Certificate, subject: Certificate, below: number): boolean {
    if (!issuer.subject.equals(subject.issuer) || this.checksLeft-- <= 0) return false;
    try {
      if (!maySignCertificates(issuer) || (issuer.pathLength !== undefined && issuer.pathLength < below)) {
        throw new SignatureError('certificate.issuer-not-ca', 'the issuer may not issue this certificate');
      }
      assertUsable(issuer, 'a CA certificate', this.options.now);
      const hash = SIGNATURES.get(subject.signatureOid)?.hash;
      if (hash === undefined || hash === 'sha1') {
        throw new SignatureError(
          'certificate.weak-algorithm',
          'a certificate is signed with an algorithm that is not accepted',
        );
      }
      return subject.x509.verify(issuer.publicKey);
    } catch (error) {
      if (error instanceof SignatureError) this.reason = error;
      return false;
    }
  }

  private isAnchor(leaf: Certificate): boolean {
    return this.options.anchors.certificates.some(({ hash }) => hash === leaf.hash);
  }
}
