import type { KeyObject } from 'node:crypto';
import type { Certificate } from './certificate.ts';

/** The CA certificates that devices' identities must come from. */
export interface TrustAnchors {
  readonly certificates: readonly Certificate[];
}

/** A certificate that was checked, and for how long the whole chain holds. */
export interface CheckedCertificate {
  /** SHA-256 of its signed part, lower-case hex: what enrollments are pinned to. */
  readonly certificateHash: string;
  /** Distinguished name, one `KEY=value` a line. */
  readonly subject: string;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  /** Epoch milliseconds between which every certificate of the chain is valid. */
  readonly validFrom: number;
  readonly validUntil: number;
}
