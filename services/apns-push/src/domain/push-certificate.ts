import { AppError } from '@lamplighter/contracts';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A push certificate that can be used: what was uploaded, taken apart. */
export interface PushCertificate {
  /** PEM of the certificate, followed by those of its issuers where they came with it. */
  certificate: string;
  /** PEM, PKCS #8. */
  key: string;
  /** UID of the certificate's subject. */
  topic: string;
  notAfter: Date;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const KEY = /-----BEGIN ((?:[A-Z]+ )*PRIVATE KEY)-----[\s\S]+?-----END \1-----/g;
const TOPIC_PREFIX = 'com.apple.mgmt.';

/**
 * Throws an AppError that says what is wrong with the PEM text and what to do; it never quotes the text.
 * @param now real time: APNs judges the certificate by it
 */
export function readPushCertificate(pem: string, now: Date): PushCertificate {
  const certificates = pem.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    throw refusal('no-certificate', 'there is no certificate in it', 'put the PEM certificate first, then its key');
  }
  const key = readKey(pem);
  const leaf = certificates.map(parse).find((certificate) => certificate.checkPrivateKey(key));
  if (leaf === undefined) {
    throw refusal(
      'key-mismatch',
      'the private key is not that of the certificate',
      'upload the key that the certificate was requested with',
    );
  }
  const topic = topicOf(leaf);
  const notAfter = new Date(leaf.validTo);
  if (notAfter <= now) {
    throw refusal(
      'expired',
      `the certificate expired at ${notAfter.toISOString()}`,
      'renew it at identity.apple.com (renew: a new one has another topic, and every device would have to enroll again)',
    );
  }
  const notBefore = new Date(leaf.validFrom);
  if (notBefore > now) {
    throw refusal(
      'not-yet-valid',
      `the certificate is valid from ${notBefore.toISOString()} on`,
      "check this machine's clock",
    );
  }
  const own = leaf.toString().trim();
  const issuers = certificates.map((text) => parse(text).toString().trim()).filter((text) => text !== own);
  return {
    certificate: [own, ...issuers].join('\n'),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    topic,
    notAfter,
  };
}

function readKey(pem: string): KeyObject {
  const keys = pem.match(KEY) ?? [];
  const [text] = keys;
  if (text === undefined) {
    throw refusal('no-key', 'there is no private key in it', 'append the PEM key to the certificate');
  }
  if (keys.length > 1) {
    throw refusal('several-keys', 'there is more than one private key in it', "leave only the certificate's own key");
  }
  if (text.includes('ENCRYPTED')) {
    throw refusal(
      'encrypted-key',
      'the private key is encrypted',
      'decrypt it first (openssl pkey -in key.pem -out plain.pem); it is sealed here',
    );
  }
  try {
    return createPrivateKey(text);
  } catch {
    throw refusal('unreadable-key', 'the private key cannot be read', 'check that the PEM text is complete');
  }
}

function parse(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw refusal(
      'unreadable-certificate',
      'a certificate in it cannot be read',
      'check that the PEM text is complete',
    );
  }
}

function topicOf(certificate: X509Certificate): string {
  const subject = certificate.toLegacyObject().subject as { UID?: unknown } | undefined;
  const topic = subject?.UID;
  const remedy = 'upload the MDM push certificate that identity.apple.com issued';
  if (typeof topic !== 'string' || topic === '') {
    throw refusal('no-topic', "the certificate's subject has no UID, which would be the topic", remedy);
  }
  if (!topic.startsWith(TOPIC_PREFIX) || topic.length > 255) {
    throw refusal(
      'wrong-topic',
      `the certificate's UID does not start with ${TOPIC_PREFIX}: it is not for MDM pushes`,
      remedy,
    );
  }
  return topic;
}

function refusal(code: string, what: string, remedy: string): AppError {
  return new AppError(`push-certificate.${code}`, `the push certificate is not usable: ${what}`, {
    outcome: 'drop',
    remedy,
    fields: [{ path: 'pem', message: what }],
  });
}
