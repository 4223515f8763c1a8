import { webcrypto } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import type { Authority } from './pki.fixture.ts';

pkijs.setEngine('node', new pkijs.CryptoEngine({ name: 'node', crypto: webcrypto as never }));

export interface CmsShape {
  readonly hash?: 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';
  /** Without signed attributes the signature covers the body itself. */
  readonly attributes?: boolean;
  readonly keyId?: boolean;
  readonly attached?: boolean;
  readonly certificates?: readonly Authority[];
  readonly signers?: readonly Authority[];
}

function exact(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** A signature as pkijs makes it. */
export async function cms(body: Buffer, signer: Authority, shape: CmsShape = {}): Promise<Buffer> {
  const { hash = 'SHA-256', certificates = [signer], signers = [signer] } = shape;
  const data = new pkijs.SignedData({
    version: 1,
    encapContentInfo: new pkijs.EncapsulatedContentInfo({
      eContentType: '1.2.840.113549.1.7.1',
      ...(shape.attached ? { eContent: new asn1js.OctetString({ valueHex: exact(body) }) } : {}),
    }),
    certificates: certificates.map(({ der }) => pkijs.Certificate.fromBER(exact(der))),
    signerInfos: [],
  });
  for (const [index, each] of signers.entries()) {
    data.signerInfos.push(await signerInfo(body, each, hash, shape));
    await data.sign(await keyFor(each, hash), index, hash, exact(body));
  }
  const info = new pkijs.ContentInfo({
    contentType: '1.2.840.113549.1.7.2',
    content: data.toSchema(true),
  });
  return Buffer.from(info.toSchema().toBER(false));
}

/** WebCrypto ties an RSA key to one hash. */
async function keyFor(signer: Authority, hash: string): Promise<webcrypto.CryptoKey> {
  const key = signer.keys.privateKey;
  if (key.algorithm.name !== 'RSASSA-PKCS1-v1_5') return key;
  const bytes = await webcrypto.subtle.exportKey('pkcs8', key);
  return webcrypto.subtle.importKey('pkcs8', bytes, { name: key.algorithm.name, hash }, false, ['sign']);
}

async function signerInfo(body: Buffer, signer: Authority, hash: string, shape: CmsShape): Promise<pkijs.SignerInfo> {
  const certificate = pkijs.Certificate.fromBER(exact(signer.der));
  const keyId = certificate.extensions?.find((extension) => extension.extnID === '2.5.29.14')?.parsedValue as
    | asn1js.OctetString
    | undefined;
  const digest = await webcrypto.subtle.digest(hash, new Uint8Array(body));
  return new pkijs.SignerInfo({
    version: 1,
    sid: shape.keyId
      ? new asn1js.Primitive({
          idBlock: { tagClass: 3, tagNumber: 0 },
          valueHex: keyId!.valueBlock.valueHexView.slice().buffer,
        } as never)
      : new pkijs.IssuerAndSerialNumber({
          issuer: certificate.issuer,
          serialNumber: certificate.serialNumber,
        }),
    ...(shape.attributes === false
      ? {}
      : {
          signedAttrs: new pkijs.SignedAndUnsignedAttributes({
            type: 0,
            attributes: [
              new pkijs.Attribute({
                type: '1.2.840.113549.1.9.3',
                values: [new asn1js.ObjectIdentifier({ value: '1.2.840.113549.1.7.1' })],
              }),
              new pkijs.Attribute({
                type: '1.2.840.113549.1.9.5',
                values: [new asn1js.UTCTime({ valueDate: new Date() })],
              }),
              new pkijs.Attribute({
                type: '1.2.840.113549.1.9.4',
                values: [new asn1js.OctetString({ valueHex: digest as ArrayBuffer })],
              }),
            ],
          }),
        }),
  });
}

/** Whether pkijs finds our signature good. */
export async function cmsHolds(header: string, body: Buffer): Promise<boolean> {
  const info = pkijs.ContentInfo.fromBER(exact(Buffer.from(header, 'base64')));
  const data = new pkijs.SignedData({ schema: info.content });
  return data.verify({ signer: 0, data: exact(body), checkChain: false });
}

/** What a signature carries, as pkijs reads it; undefined where pkijs does not find the signature good. */
export async function attachedContent(signed: Buffer): Promise<Buffer | undefined> {
  const info = pkijs.ContentInfo.fromBER(exact(signed));
  const data = new pkijs.SignedData({ schema: info.content });
  const holds = await data.verify({ signer: 0, checkChain: false }).catch(() => false);
  const content = data.encapContentInfo.eContent?.getValue();
  return holds && content !== undefined ? Buffer.from(content) : undefined;
}
