import { hash, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readCertificateName } from './certificate.ts';
import { TAG } from './der.ts';
import { der, oid } from './der-write.ts';
import { OID } from './oids.ts';

/** Who signs, a device or a server: certificate and key (RSA or an elliptic curve). */
export interface DeviceIdentity {
  readonly certificateDer: Buffer;
  readonly privateKey: KeyObject;
  /** Embedded beside the certificate where the server's anchor is further up. */
  readonly intermediates?: readonly Buffer[];
}

const NULL = Buffer.from([0x05, 0x00]);
const SHA256 = der(TAG.sequence, oid(OID.sha256), NULL);
const RSA = der(TAG.sequence, oid(OID.rsaEncryption), NULL);
const ECDSA = der(TAG.sequence, oid(OID.ecdsaWithSha256));
const VERSION_1 = Buffer.from([0x02, 0x01, 0x01]);
const DETACHED_DATA = der(TAG.sequence, oid(OID.data));
const DIGEST_ALGORITHMS = der(TAG.set, SHA256);
const CONTENT_TYPE = der(TAG.sequence, oid(OID.contentType), der(TAG.set, oid(OID.data)));
const MESSAGE_DIGEST = oid(OID.messageDigest);
const SIGNED_DATA = oid(OID.signedData);

/** The device's side: the Mdm-Signature header value over a body, with SHA-256 and signed attributes. */
export function signMdmBody(body: Buffer, identity: DeviceIdentity): string {
  return signedData(body, identity, DETACHED_DATA).toString('base64');
}

/** DER of a CMS signature that carries its content, as signed configuration profiles are (RFC 5652 §5.2). */
export function signContent(content: Buffer, identity: DeviceIdentity): Buffer {
  const attached = der(TAG.sequence, oid(OID.data), der(TAG.context(0), der(TAG.octetString, content)));
  return signedData(content, identity, attached);
}

function signedData(body: Buffer, identity: DeviceIdentity, encapsulated: Buffer): Buffer {
  const digest = hash('sha256', body, 'buffer');
  // In DER order: the shorter contentType sorts first.
  const attributes = der(
    TAG.set,
    CONTENT_TYPE,
    der(TAG.sequence, MESSAGE_DIGEST, der(TAG.set, der(TAG.octetString, digest))),
  );
  const signature = sign('sha256', attributes, identity.privateKey);
  attributes[0] = TAG.context(0);
  const { serial, issuer } = readCertificateName(identity.certificateDer);
  const signer = der(
    TAG.sequence,
    VERSION_1,
    der(TAG.sequence, issuer, der(TAG.integer, serial)),
    SHA256,
    attributes,
    identity.privateKey.asymmetricKeyType === 'rsa' ? RSA : ECDSA,
    der(TAG.octetString, signature),
  );
  const certificates = der(TAG.context(0), identity.certificateDer, ...(identity.intermediates ?? []));
  const data = der(TAG.sequence, VERSION_1, DIGEST_ALGORITHMS, encapsulated, certificates, der(TAG.set, signer));
  return der(TAG.sequence, SIGNED_DATA, der(TAG.context(0), data));
}
