import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as never);

const DAY_MS = 86_400_000;
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export const TOPIC = 'com.apple.mgmt.External.11111111-2222-4333-8444-555555555555';

export interface Holder {
  certificate: x509.X509Certificate;
  keys: webcrypto.CryptoKeyPair;
  pem: string;
  keyPem: string;
}

interface Shape {
  subject: x509.JsonName;
  issuer?: Holder;
  extensions?: x509.Extension[];
  notBefore?: number;
  notAfter?: number;
}

async function issue(shape: Shape): Promise<Holder> {
  const { subject, issuer, extensions = [] } = shape;
  const keys = (await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const name = new x509.Name(subject);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8)))
      .toString('hex')
      .replace(/^./, '1'),
    subject: name,
    issuer: issuer?.certificate.subject ?? name,
    notBefore: new Date(shape.notBefore ?? Date.now() - 2 * DAY_MS),
    notAfter: new Date(shape.notAfter ?? Date.now() + 30 * DAY_MS),
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: EC,
    extensions,
  });
  const keyPem = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificate, keys, pem: certificate.toString('pem'), keyPem };
}

export function newAuthority(): Promise<Holder> {
  const usages = new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true);
  const extensions = [new x509.BasicConstraintsExtension(true, 0, true), usages];
  return issue({ subject: [{ CN: ['Push CA'] }], extensions });
}

export function newServer(issuer: Holder): Promise<Holder> {
  const names = new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]);
  return issue({ subject: [{ CN: ['localhost'] }], issuer, extensions: [names] });
}

const UID = '0.9.2342.19200300.100.1.1';

export function newPushCertificate(
  issuer: Holder,
  options: { uid?: string | undefined; notBefore?: number; notAfter?: number } = {},
): Promise<Holder> {
  const uid = 'uid' in options ? options.uid : TOPIC;
  const subject: x509.JsonName = [{ CN: ['APSP:test'] }];
  if (uid !== undefined) subject.unshift({ [UID]: [uid] });
  const { notBefore, notAfter } = options;
  return issue({
    subject,
    issuer,
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(notAfter === undefined ? {} : { notAfter }),
  });
}
