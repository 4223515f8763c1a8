import { AppleError } from '../apple-error.ts';

export type SignatureErrorCode =
  | 'signature.missing'
  | 'signature.not-base64'
  | 'signature.too-large'
  | 'signature.malformed'
  | 'signature.not-detached'
  | 'signature.unsupported'
  | 'signature.weak-digest'
  | 'signature.no-signer'
  | 'signature.several-signers'
  | 'signature.no-certificate'
  | 'signature.digest-mismatch'
  | 'signature.mismatch'
  | 'certificate.malformed'
  | 'certificate.untrusted'
  | 'certificate.expired'
  | 'certificate.not-yet-valid'
  | 'certificate.issuer-not-ca'
  | 'certificate.weak-algorithm'
  | 'certificate.wrong-usage'
  | 'certificate.critical-extension';

/** Why a device's identity is not accepted. Never quotes the signature, the certificate or the body. */
export class SignatureError extends AppleError {
  readonly code: SignatureErrorCode;

  constructor(code: SignatureErrorCode, what: string) {
    super(`device identity: ${what}`);
    this.code = code;
  }
}
