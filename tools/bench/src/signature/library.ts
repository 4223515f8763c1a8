import { fromBER } from 'asn1js';
import { X509Certificate } from 'node:crypto';
import { Certificate, ContentInfo, CryptoEngine, setEngine, SignedData } from 'pkijs';

/** The same check by pkijs: signature, and the chain up to the authority. Throws where it does not hold. */
export function libraryCheck(authorityPem: string): (header: string, body: Buffer) => Promise<void> {
  setEngine('node', new CryptoEngine({ name: 'node', crypto: globalThis.crypto }));
  const authority = Certificate.fromBER(exact(new X509Certificate(authorityPem).raw));
  return async (header, body) => {
    const { result } = fromBER(exact(Buffer.from(header, 'base64')));
    const signed = new SignedData({ schema: new ContentInfo({ schema: result }).content as never });
    const holds = await signed.verify({ signer: 0, data: exact(body), trustedCerts: [authority], checkChain: true });
    if (!holds) throw new Error('the library does not accept the signature');
  };
}

function exact(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
