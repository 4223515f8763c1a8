import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { DeviceIdentity } from './sign.ts';

/** Certificates for the specs, made with @peculiar/x509, which shares no code with what is tested. */
x509.cryptoProvider.set(webcrypto as never);

export const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};

export interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly der: Buffer;
  readonly pem: string;
}

export interface Shape {
  readonly name?: string;
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly rsa?: boolean;
  readonly extensions?: x509.Extension[];
  readonly hash?: 'SHA-1' | 'SHA-256' | 'SHA-384';
}

let serial = 1;

async function make(shape: Shape, issuer: Authority | undefined, extensions: x509.Extension[]): Promise<Authority> {
  const keys = (await webcrypto.subtle.generateKey(shape.rsa ? RSA : EC, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const subject = `CN=${shape.name ?? 'Device'}, O=Fixture`;
  const key = issuer?.keys.privateKey ?? keys.privateKey;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: (0x1000 + serial++).toString(16),
    subject,
    issuer: issuer?.certificate.subject ?? subject,
    notBefore: new Date(shape.notBefore ?? NOW - 10 * DAY),
    notAfter: new Date(shape.notAfter ?? NOW + 365 * DAY),
    publicKey: keys.publicKey,
    signingKey: key,
    signingAlgorithm: {
      ...key.algorithm,
      name: key.algorithm.name,
      hash: shape.hash ?? 'SHA-256',
    } as never,
    extensions: [...extensions, await x509.SubjectKeyIdentifierExtension.create(keys.publicKey)],
  });
  return {
    certificate,
    keys,
    der: Buffer.from(certificate.rawData),
    pem: certificate.toString('pem'),
  };
}

export function authority(shape: Shape = {}, issuer?: Authority, pathLength?: number): Promise<Authority> {
  return make({ name: 'Fixture CA', ...shape }, issuer, [
    ...(shape.extensions ?? [
      new x509.BasicConstraintsExtension(true, pathLength, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ]),
  ]);
}

export function device(issuer: Authority | undefined, shape: Shape = {}): Promise<Authority> {
  return make(shape, issuer, [
    ...(shape.extensions ?? [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    ]),
  ]);
}

export function identityOf(of: Authority, ...intermediates: Authority[]): DeviceIdentity {
  return {
    certificateDer: of.der,
    privateKey: KeyObject.from(of.keys.privateKey),
    intermediates: intermediates.map(({ der }) => der),
  };
}
