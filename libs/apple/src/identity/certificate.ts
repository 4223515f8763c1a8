import { hash as digestOf, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { DerReader, TAG } from './der.ts';
import type { Element } from './der.ts';
import { KNOWN_EXTENSIONS, OID } from './oids.ts';
import { SignatureError } from './signature-error.ts';

/** What names a certificate: enough to find it, cheap enough to read for every message. */
export interface CertificateName {
  readonly der: Buffer;
  readonly serial: Buffer;
  readonly issuer: Buffer;
}

/** A certificate as far as the chain check needs it (RFC 5280). Times in epoch milliseconds. */
export interface Certificate extends CertificateName {
  readonly hash: string;
  readonly subject: Buffer;
  readonly subjectText: string;
  readonly signatureOid: string;
  readonly validFrom: number;
  readonly validUntil: number;
  readonly isCa: boolean;
  /** Undefined without a limit. */
  readonly pathLength: number | undefined;
  /** First byte of KeyUsage, bit 0x80 being digitalSignature; undefined where absent. */
  readonly keyUsage: number | undefined;
  /** Hex OIDs; undefined where absent. */
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly hasUnknownCritical: boolean;
  readonly publicKey: KeyObject;
  readonly x509: X509Certificate;
}

const CODE = 'certificate.malformed';
const KEY_CERT_SIGN = 0x04;
const DIGITAL_SIGNATURE = 0x80;

/**
 * SHA-256 of what the authority signed (tbsCertificate), lower-case hex. Not of the whole: each ECDSA signature has a twin
 * that holds as well, so whoever has a certificate can make another one of it, which must not pass for a fresh one.
 * Throws SignatureError `certificate.malformed`.
 */
export function certificateHash(der: Buffer): string {
  const inner = openCertificate(der);
  return digestOf('sha256', inner.whole(inner.take(TAG.sequence, 'certificate body')), 'hex');
}

/** Serial and issuer of a certificate, without looking at the rest. */
export function readCertificateName(der: Buffer): CertificateName {
  const tbs = openTbs(der);
  const serial = tbs.content(tbs.take(TAG.integer, 'serial number'));
  tbs.take(TAG.sequence, 'signature algorithm');
  return { der, serial, issuer: tbs.whole(tbs.take(TAG.sequence, 'issuer')) };
}

/** The subject key identifier; undefined where the certificate has none. */
export function readSubjectKeyId(der: Buffer): Buffer | undefined {
  return readExtensions(der)
    .find((extension) => extension.oid === OID.subjectKeyIdentifier)
    ?.value.subarray(2);
}

/** `hash`: of the same bytes, where it is known already. Throws SignatureError `certificate.malformed`. */
export function readCertificate(der: Buffer, hash: string = certificateHash(der)): Certificate {
  const tbs = openTbs(der);
  const serial = tbs.content(tbs.take(TAG.integer, 'serial number'));
  const algorithm = tbs.inside(tbs.take(TAG.sequence, 'signature algorithm'));
  const issuer = tbs.whole(tbs.take(TAG.sequence, 'issuer'));
  tbs.take(TAG.sequence, 'validity');
  const subject = tbs.whole(tbs.take(TAG.sequence, 'subject'));
  const x509 = openX509(der);
  return {
    der,
    serial,
    issuer,
    subject,
    hash,
    subjectText: x509.subject ?? '',
    signatureOid: algorithm.hex(algorithm.take(TAG.oid, 'algorithm identifier')),
    validFrom: instant(x509.validFromDate),
    validUntil: instant(x509.validToDate),
    publicKey: publicKeyOf(x509),
    x509,
    ...readUsage(der),
  };
}

/** The signed part, from the serial number on. */
export function openTbs(der: Buffer): DerReader {
  const inner = openCertificate(der);
  const tbs = inner.inside(inner.take(TAG.sequence, 'certificate body'));
  tbs.optional(TAG.context(0));
  return tbs;
}

function openCertificate(der: Buffer): DerReader {
  const outer = new DerReader(der, CODE);
  const certificate = outer.take(TAG.sequence, 'certificate');
  outer.finish('the certificate');
  return outer.inside(certificate);
}

function openX509(der: Buffer): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch {
    throw new SignatureError(CODE, 'a certificate that cannot be read');
  }
}

/** A date that cannot be read must not pass for one that is always in range. */
function instant(date: Date): number {
  const time = date.getTime();
  if (Number.isNaN(time)) throw new SignatureError(CODE, 'a validity date that cannot be read');
  return time;
}

function publicKeyOf(x509: X509Certificate): KeyObject {
  try {
    return x509.publicKey;
  } catch {
    throw new SignatureError(CODE, "a certificate's public key that cannot be read");
  }
}

export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Buffer;
}

export function readExtensions(der: Buffer): Extension[] {
  const tbs = openTbs(der);
  let wrapper: Element | undefined;
  while (!tbs.done) {
    const element = tbs.any();
    if (element.tag === TAG.context(3)) wrapper = element;
  }
  if (!wrapper) return [];
  const list = tbs.inside(wrapper);
  const items = list.inside(list.take(TAG.sequence, 'extensions'));
  const extensions: Extension[] = [];
  while (!items.done) {
    const item = items.inside(items.take(TAG.sequence, 'extension'));
    const oid = item.hex(item.take(TAG.oid, 'extension identifier'));
    const critical = item.optional(TAG.boolean);
    const value = item.content(item.take(TAG.octetString, 'extension value'));
    extensions.push({
      oid,
      critical: critical !== undefined && item.hex(critical) !== '00',
      value,
    });
  }
  return extensions;
}

function readUsage(der: Buffer) {
  const extensions = readExtensions(der);
  const value = (oid: string) => extensions.find((extension) => extension.oid === oid)?.value;
  const usage = value(OID.keyUsage);
  const extended = value(OID.extendedKeyUsage);
  return {
    ...readConstraints(value(OID.basicConstraints)),
    keyUsage: usage && readBits(usage),
    extendedKeyUsage: extended && readOids(extended),
    hasUnknownCritical: extensions.some(({ oid, critical }) => critical && !KNOWN_EXTENSIONS.has(oid)),
  };
}

function readConstraints(value: Buffer | undefined): {
  isCa: boolean;
  pathLength: number | undefined;
} {
  if (!value) return { isCa: false, pathLength: undefined };
  const outer = new DerReader(value, CODE);
  const inner = outer.inside(outer.take(TAG.sequence, 'basic constraints'));
  const ca = inner.optional(TAG.boolean);
  const limit = inner.optional(TAG.integer);
  const isCa = ca !== undefined && inner.hex(ca) !== '00';
  const pathLength = limit && Number(`0x${inner.hex(limit)}`);
  if (Number.isNaN(pathLength)) return inner.fail('an empty path length');
  return { isCa, pathLength };
}

function readBits(value: Buffer): number {
  const reader = new DerReader(value, CODE);
  return reader.content(reader.take(TAG.bitString, 'key usage'))[1] ?? 0;
}

function readOids(value: Buffer): string[] {
  const outer = new DerReader(value, CODE);
  const inner = outer.inside(outer.take(TAG.sequence, 'extended key usage'));
  const oids: string[] = [];
  while (!inner.done) oids.push(inner.hex(inner.take(TAG.oid, 'key purpose')));
  return oids;
}

/** May this certificate's key sign other certificates? */
export function maySignCertificates(certificate: Certificate): boolean {
  return certificate.isCa && (certificate.keyUsage === undefined || (certificate.keyUsage & KEY_CERT_SIGN) !== 0);
}

/** May this certificate stand for a device? Where usages are named, digitalSignature and clientAuth must be among them. */
export function mayIdentifyDevice(certificate: Certificate): boolean {
  if (certificate.keyUsage !== undefined && (certificate.keyUsage & DIGITAL_SIGNATURE) === 0) return false;
  const purposes = certificate.extendedKeyUsage;
  return !purposes || purposes.includes(OID.clientAuth) || purposes.includes(OID.anyExtendedKeyUsage);
}
