import { hash as digestOf, timingSafeEqual, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { dataOf } from '../plist/scalars.ts';
import { readSignedData } from './signed-data.ts';
import type { SignedData } from './signed-data.ts';
import { SignatureError } from './signature-error.ts';
import { checkClientCertificate } from './trust.ts';
import type { CheckedCertificate } from './checked-certificate.ts';
import type { ChainOptions } from './trust.ts';

export interface SignatureOptions extends Omit<ChainOptions, 'intermediates'> {
  /**
   * Accept SHA-1 message digests. Off unless an operator must keep devices whose OS signs that way;
   * certificates signed with SHA-1 are refused all the same.
   */
  readonly allowSha1?: boolean;
}

const MAX_HEADER = 64 * 1024;

/**
 * Checks the Mdm-Signature header, base64 of a detached CMS signature over the raw body, and the signer's certificate.
 * Returns who signed. Throws SignatureError. To be called before the body is parsed;
 * that the certificate is the one bound to the device is the caller's to check.
 * https://developer.apple.com/documentation/devicemanagement/mdm (SignMessage), RFC 5652.
 */
export function verifyMdmSignature(header: string, body: Buffer, options: SignatureOptions): CheckedCertificate {
  const signed = readHeader(header);
  if (signed.hash === 'sha1' && !options.allowSha1) {
    throw new SignatureError('signature.weak-digest', 'the signature uses SHA-1, which is not allowed here');
  }
  const checked = checkClientCertificate(signed.signer, {
    ...options,
    intermediates: signed.otherCertificates,
  });
  const covered = coveredBytes(signed, body);
  if (!signatureHolds(signed, covered, checked.publicKey)) {
    throw new SignatureError('signature.mismatch', 'the signature is not by the key of its certificate');
  }
  return checked;
}

/** DER of the certificate that an Mdm-Signature header says it is by. Throws SignatureError; nothing is verified here. */
export function signerCertificate(header: string): Buffer {
  return readHeader(header).signer;
}

function readHeader(header: string): SignedData {
  if (header === '') throw new SignatureError('signature.missing', 'the Mdm-Signature header is empty');
  if (header.length > MAX_HEADER)
    throw new SignatureError('signature.too-large', `the header is longer than ${MAX_HEADER}`);
  const der = dataOf(header);
  if (!der) throw new SignatureError('signature.not-base64', 'the Mdm-Signature header is not base64');
  return readSignedData(der);
}

function coveredBytes(signed: SignedData, body: Buffer): Buffer {
  if (!signed.attributes) return body;
  const digest = digestOf(signed.hash, body, 'buffer');
  const claimed = signed.attributes.messageDigest;
  if (claimed.length !== digest.length || !timingSafeEqual(claimed, digest)) {
    throw new SignatureError('signature.digest-mismatch', 'the signature is over another body');
  }
  return signed.attributes.signedBytes;
}

function signatureHolds(signed: SignedData, covered: Buffer, key: KeyObject): boolean {
  if (key.asymmetricKeyType !== signed.algorithm.key) {
    throw new SignatureError(
      'signature.unsupported',
      'the signature algorithm does not fit the key of the certificate',
    );
  }
  // The bare key: its default for RSA is PKCS #1 v1.5, and an object with options costs half a check more each time.
  return verify(signed.hash, covered, key, signed.signature);
}
