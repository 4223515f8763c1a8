import 'reflect-metadata'; // @peculiar/x509 needs it there first
import * as x509 from '@peculiar/x509';
import { randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { writePrivate } from '../private-file.ts';

/** PEM files of one installation, all readable by their owner only. */
export interface PkiPaths {
  /** Trust anchor of device identities, and the key that issues them. */
  readonly deviceCa: string;
  readonly deviceCaKey: string;
  /** What devices (and the simulated fleet) trust the gateway by. */
  readonly gatewayCa: string;
  readonly gatewayCert: string;
  readonly gatewayKey: string;
}

const dayMs = 86_400_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * The certificates for one-machine use in `<dir>/pki`, made on first use. The gateway's is issued anew when it nears its
 * end or does not name all of `hosts` (besides localhost, 127.0.0.1 and this machine's name).
 */
export async function ensurePki(dir: string, hosts: readonly string[] = []): Promise<PkiPaths> {
  const at = (file: string): string => join(dir, 'pki', file);
  mkdirSync(join(dir, 'pki'), { recursive: true, mode: 0o700 });
  const paths: PkiPaths = {
    deviceCa: at('device-ca.pem'),
    deviceCaKey: at('device-ca-key.pem'),
    gatewayCa: at('gateway-ca.pem'),
    gatewayCert: at('gateway.pem'),
    gatewayKey: at('gateway-key.pem'),
  };
  const gatewayCaKey = at('gateway-ca-key.pem');
  await ensureAuthority(paths.deviceCa, paths.deviceCaKey, 'Lamplighter device CA');
  await ensureAuthority(paths.gatewayCa, gatewayCaKey, 'Lamplighter gateway CA');
  const names = [...new Set(['localhost', '127.0.0.1', hostname(), ...hosts])];
  if (!isUsable(paths.gatewayCert, paths.gatewayKey, names)) await issueGateway(paths, gatewayCaKey, names);
  return paths;
}

async function ensureAuthority(certificatePath: string, keyPath: string, name: string): Promise<void> {
  if (existsSync(certificatePath) && existsSync(keyPath)) return;
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validFor(3650),
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  writePrivate(keyPath, await privatePem(keys.privateKey));
  writePrivate(certificatePath, `${certificate.toString('pem')}\n`);
}

async function issueGateway(paths: PkiPaths, caKeyPath: string, names: readonly string[]): Promise<void> {
  const ca = new x509.X509Certificate(readFileSync(paths.gatewayCa, 'utf8'));
  const der = x509.PemConverter.decodeFirst(readFileSync(caKeyPath, 'utf8'));
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    ...validFor(397),
    subject: `CN=${names[0]}`,
    issuer: ca.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isAddress(value) ? 'ip' : 'dns', value })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(ca),
    ],
  });
  writePrivate(paths.gatewayKey, await privatePem(keys.privateKey));
  writePrivate(paths.gatewayCert, `${certificate.toString('pem')}\n${ca.toString('pem')}\n`);
}

function isUsable(certificatePath: string, keyPath: string, names: readonly string[]): boolean {
  if (!existsSync(certificatePath) || !existsSync(keyPath)) return false;
  const certificate = new X509Certificate(readFileSync(certificatePath));
  const lasts = Date.parse(certificate.validTo) > Date.now() + 30 * dayMs;
  return (
    lasts &&
    names.every((name) => (isAddress(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined)
  );
}

function isAddress(name: string): boolean {
  return /^[\d.]+$|:/.test(name);
}

function validFor(days: number): { serialNumber: string; notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return {
    serialNumber: `00${randomBytes(15).toString('hex')}`,
    notBefore: new Date(now - dayMs),
    notAfter: new Date(now + days * dayMs),
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}
