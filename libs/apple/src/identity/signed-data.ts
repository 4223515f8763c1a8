import { readCertificateName, readSubjectKeyId } from './certificate.ts';
import { DerReader, TAG } from './der.ts';
import type { Element } from './der.ts';
import { DIGESTS, OID, SIGNATURES } from './oids.ts';
import type { Hash, SignatureAlgorithm } from './oids.ts';
import { SignatureError } from './signature-error.ts';

/** A detached CMS SignedData with one signer (RFC 5652 §5). */
export interface SignedData {
  readonly hash: Hash;
  readonly algorithm: SignatureAlgorithm;
  readonly signature: Buffer;
  /** DER of the signer's certificate, found among the embedded ones. */
  readonly signer: Buffer;
  readonly otherCertificates: readonly Buffer[];
  /** Absent where the signature covers the content itself. */
  readonly attributes?: SignedAttributes;
}

export interface SignedAttributes {
  /** What the signature covers: the attributes as a SET OF. */
  readonly signedBytes: Buffer;
  readonly messageDigest: Buffer;
}

const SIGNED_DATA = Buffer.from(OID.signedData, 'hex');
const DATA = Buffer.from(OID.data, 'hex');
const CONTENT_TYPE = Buffer.from(OID.contentType, 'hex');
const MESSAGE_DIGEST = Buffer.from(OID.messageDigest, 'hex');

/** Throws SignatureError; nothing is verified here. */
export function readSignedData(der: Buffer): SignedData {
  const outer = new DerReader(der, 'signature.malformed', true);
  const contentInfo = outer.inside(outer.take(TAG.sequence, 'ContentInfo'));
  outer.finish('ContentInfo');
  expectOid(contentInfo, SIGNED_DATA, 'SignedData');
  const wrapper = contentInfo.inside(contentInfo.take(TAG.context(0), 'content'));
  const data = wrapper.inside(wrapper.take(TAG.sequence, 'SignedData'));
  data.take(TAG.integer, 'version');
  data.take(TAG.set, 'digest algorithms');
  assertDetached(data);
  const certificates = readCertificates(data);
  data.optional(TAG.context(1));
  const signers = data.inside(data.take(TAG.set, 'signer infos'));
  data.finish('SignedData');
  if (signers.done) throw new SignatureError('signature.no-signer', 'the signature has no signer');
  const signer = signers.take(TAG.sequence, 'signer info');
  if (!signers.done) throw new SignatureError('signature.several-signers', 'the signature has more than one signer');
  return readSigner(signers.inside(signer, false), certificates);
}

function assertDetached(data: DerReader): void {
  const content = data.inside(data.take(TAG.sequence, 'encapsulated content info'));
  expectOid(content, DATA, 'data');
  if (!content.done) throw new SignatureError('signature.not-detached', 'the signature carries a content of its own');
}

function expectOid(reader: DerReader, oid: Buffer, what: string): void {
  if (!reader.is(reader.take(TAG.oid, 'content type'), oid)) reader.fail(`a content type other than ${what}`);
}

function readCertificates(data: DerReader): Buffer[] {
  const element = data.optional(TAG.context(0));
  if (!element) return [];
  const certificates: Buffer[] = [];
  for (const reader = data.inside(element); !reader.done;) {
    const certificate = reader.any();
    if (certificate.tag === TAG.sequence) certificates.push(reader.whole(certificate));
  }
  return certificates;
}

function readSigner(info: DerReader, certificates: readonly Buffer[]): SignedData {
  info.take(TAG.integer, 'signer version');
  const signer = findSigner(info, certificates);
  const hash = DIGESTS.get(algorithmOid(info));
  const attributes = info.optional(TAG.context(0));
  const algorithm = SIGNATURES.get(algorithmOid(info));
  const signature = info.content(info.take(TAG.octetString, 'signature value'));
  info.optional(TAG.context(1));
  info.finish('signer info');
  if (!hash || !algorithm || (algorithm.hash !== undefined && algorithm.hash !== hash)) {
    throw new SignatureError('signature.unsupported', 'the signature uses algorithms that are not accepted');
  }
  return {
    hash,
    algorithm,
    signature,
    signer,
    otherCertificates: certificates.filter((certificate) => certificate !== signer),
    ...(attributes ? { attributes: readAttributes(info, attributes) } : {}),
  };
}

function algorithmOid(info: DerReader): string {
  const algorithm = info.inside(info.take(TAG.sequence, 'algorithm'));
  return algorithm.hex(algorithm.take(TAG.oid, 'algorithm identifier'));
}

const KEY_ID = 0x80;

function findSigner(info: DerReader, certificates: readonly Buffer[]): Buffer {
  const keyId = info.optional(KEY_ID);
  const found = keyId ? byKeyId(info.content(keyId), certificates) : byIssuer(info, certificates);
  if (!found) throw new SignatureError('signature.no-certificate', "the signer's certificate is not in the signature");
  return found;
}

function byKeyId(keyId: Buffer, certificates: readonly Buffer[]): Buffer | undefined {
  return certificates.find((certificate) => readSubjectKeyId(certificate)?.equals(keyId));
}

function byIssuer(info: DerReader, certificates: readonly Buffer[]): Buffer | undefined {
  const identifier = info.inside(info.take(TAG.sequence, 'signer identifier'));
  const issuer = identifier.whole(identifier.take(TAG.sequence, 'issuer'));
  const serial = identifier.content(identifier.take(TAG.integer, 'serial number'));
  return certificates.find((certificate) => {
    const name = readCertificateName(certificate);
    return name.serial.equals(serial) && name.issuer.equals(issuer);
  });
}

/** RFC 5652 §11: content type and message digest, each exactly once and with one value. */
function readAttributes(info: DerReader, element: Element): SignedAttributes {
  let contentType: Buffer | undefined;
  let messageDigest: Buffer | undefined;
  for (const list = info.inside(element); !list.done;) {
    const attribute = list.inside(list.take(TAG.sequence, 'signed attribute'));
    const oid = attribute.take(TAG.oid, 'attribute type');
    if (attribute.is(oid, CONTENT_TYPE)) contentType = onlyValue(attribute, TAG.oid, contentType);
    else if (attribute.is(oid, MESSAGE_DIGEST)) messageDigest = onlyValue(attribute, TAG.octetString, messageDigest);
  }
  if (!messageDigest || !contentType?.equals(DATA)) {
    return info.fail('signed attributes without content type or message digest');
  }
  const signedBytes = Buffer.from(info.whole(element));
  // Signed as an explicit SET OF, sent under an implicit [0].
  signedBytes[0] = TAG.set;
  return { signedBytes, messageDigest };
}

function onlyValue(attribute: DerReader, tag: number, earlier: Buffer | undefined): Buffer {
  const set = attribute.inside(attribute.take(TAG.set, 'attribute values'));
  const value = set.take(tag, 'attribute value');
  if (!set.done || earlier !== undefined) return set.fail('a signed attribute that must be there once');
  return set.content(value);
}
