import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import type { DeviceIdentity } from '@lamplighter/apple';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as never);

const DAY_MS = 86_400_000;
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export interface Holder {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly pem: string;
  readonly keyPem: string;
}

interface Shape {
  readonly name: string;
  readonly issuer?: Holder;
  readonly extensions: x509.Extension[];
  readonly notAfter?: number;
}

async function issue({ name, issuer, extensions, notAfter }: Shape): Promise<Holder> {
  const keys = (await webcrypto.subtle.generateKey(EC, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8)))
      .toString('hex')
      .replace(/^./, '1'),
    subject: `CN=${name}`,
    issuer: issuer?.certificate.subject ?? `CN=${name}`,
    notBefore: new Date(Date.now() - 2 * DAY_MS),
    notAfter: new Date(notAfter ?? Date.now() + 30 * DAY_MS),
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: EC,
    extensions,
  });
  const keyPem = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { certificate, keys, pem: certificate.toString('pem'), keyPem };
}

/** A root, or an authority below another one. */
export function newAuthority(name = 'Device CA', issuer?: Holder): Promise<Holder> {
  const usages = new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true);
  const extensions = [new x509.BasicConstraintsExtension(true, issuer === undefined ? 1 : 0, true), usages];
  return issue({ name, extensions, ...(issuer === undefined ? {} : { issuer }) });
}

export function newServer(issuer: Holder): Promise<Holder> {
  const names = new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]);
  return issue({ name: 'localhost', issuer, extensions: [names] });
}

export function newDevice(issuer: Holder, name = 'Device', notAfter?: number): Promise<Holder> {
  const extensions = [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])];
  return issue({ name, issuer, extensions, ...(notAfter === undefined ? {} : { notAfter }) });
}

export function identityOf(device: Holder): DeviceIdentity {
  return {
    certificateDer: Buffer.from(device.certificate.rawData),
    privateKey: KeyObject.from(device.keys.privateKey),
  };
}
