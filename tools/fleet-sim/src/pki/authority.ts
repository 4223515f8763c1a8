import type { KeyObject } from 'node:crypto';
import { authorityExtensions, issueCertificate, keyPem, newKey, pem, publicKeyOf, subjectName } from './certificate.ts';
import type { Issuer } from './certificate.ts';

/** A certificate and its private key, as PEM texts. */
export interface Credentials {
  readonly certificate: string;
  readonly key: string;
}

export interface Authority extends Issuer {
  readonly certificate: string;
}

const YEAR_MS = 365 * 86_400_000;

/** TLS checks validity against the real time, whatever clock the fleet runs on; the day before allows for skew. */
export const validity = (): { notBefore: number; notAfter: number } => ({
  notBefore: Date.now() - 86_400_000,
  notAfter: Date.now() + YEAR_MS,
});

/** A new certificate authority with a P-256 key. */
export function newAuthority(commonName: string): Authority {
  const key = newKey();
  const name = subjectName(commonName);
  const certificate = issueCertificate({
    commonName,
    publicKey: publicKeyOf(key),
    issuer: { name, key },
    ...validity(),
    extensions: authorityExtensions(),
  });
  return { name, key, certificate: pem(certificate) };
}

export interface Subject {
  readonly commonName: string;
  readonly uid?: string;
  readonly extensions: readonly Buffer[];
}

/** A certificate of `issuer` for `subject` with a new P-256 key. */
export function newCredentials(issuer: Issuer, subject: Subject, key: KeyObject = newKey()): Credentials {
  const certificate = issueCertificate({ ...subject, publicKey: publicKeyOf(key), issuer, ...validity() });
  return { certificate: pem(certificate), key: keyPem(key) };
}
