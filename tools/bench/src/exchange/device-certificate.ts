import { certificateHash } from '@lamplighter/apple';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { type Credentials, newCredentials } from '../../../fleet-sim/src/pki/authority.ts';
import { clientExtensions, issuerFromPem } from '../../../fleet-sim/src/pki/certificate.ts';
import type { PkiPaths } from '../../../lamp/src/product/pki.ts';

/** One identity for all devices of the load: it is still looked up for each request. */
export interface BenchIdentity extends Credentials {
  /** SHA-256 of the certificate, lower-case hex. */
  readonly hash: string;
}

export function newIdentity(pki: PkiPaths): BenchIdentity {
  const issuer = issuerFromPem(readFileSync(pki.deviceCa, 'utf8'), readFileSync(pki.deviceCaKey, 'utf8'));
  const credentials = newCredentials(issuer, { commonName: 'bench device', extensions: clientExtensions() });
  return { ...credentials, hash: certificateHash(new X509Certificate(credentials.certificate).raw) };
}
