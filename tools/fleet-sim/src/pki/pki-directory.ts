import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newPushPki } from '../apns/push-pki.ts';
import { newAuthority } from './authority.ts';
import type { Credentials } from './authority.ts';
import { keyPem } from './certificate.ts';

/** Certificates of one simulated fleet, all PEM. */
export interface FleetPki {
  /** Whoever calls the push service trusts it by this. */
  readonly apnsCa: string;
  readonly apnsServer: Credentials;
  /** Certificate and key of the push client: what an operator uploads. */
  readonly push: Credentials;
  /** The subject UID of the push certificate. */
  readonly topic: string;
  /** Signs the devices' identities; the MDM server trusts its certificate. */
  readonly deviceCa: Credentials;
}

export const PKI_FILES = {
  apnsCa: 'apns-ca.pem',
  apnsServer: 'apns-server.pem',
  apnsServerKey: 'apns-server-key.pem',
  push: 'push.pem',
  pushKey: 'push-key.pem',
  deviceCa: 'device-ca.pem',
  deviceCaKey: 'device-ca-key.pem',
} as const;

export function newPki(topic: string, deviceCa: Credentials = newDeviceCa()): FleetPki {
  const { ca, server, push } = newPushPki(topic);
  return { apnsCa: ca, apnsServer: server, push, topic, deviceCa };
}

function newDeviceCa(): Credentials {
  const authority = newAuthority('Simulated Device CA');
  return { certificate: authority.certificate, key: keyPem(authority.key) };
}

/** The topic in a push certificate. */
export function topicIn(certificatePem: string): string {
  const { UID: topic } = new X509Certificate(certificatePem).toLegacyObject().subject as { UID?: string };
  if (!topic) throw new Error('the push certificate has no UID in its subject, so it names no topic');
  return topic;
}

/** Reads the certificates in `directory`, or makes them there on first use. A given device CA is not written. */
export function pkiIn(directory: string, topic: string, deviceCa?: Credentials): FleetPki {
  const path = (file: keyof typeof PKI_FILES): string => join(directory, PKI_FILES[file]);
  if (!existsSync(path('push'))) {
    mkdirSync(directory, { recursive: true });
    write(path, newPki(topic, deviceCa), deviceCa === undefined);
  }
  const read = (file: keyof typeof PKI_FILES): string => readFileSync(path(file), 'utf8');
  const pair = (certificate: keyof typeof PKI_FILES, key: keyof typeof PKI_FILES): Credentials => ({
    certificate: read(certificate),
    key: read(key),
  });
  return {
    apnsCa: read('apnsCa'),
    apnsServer: pair('apnsServer', 'apnsServerKey'),
    push: pair('push', 'pushKey'),
    topic: topicIn(read('push')),
    deviceCa: deviceCa ?? pair('deviceCa', 'deviceCaKey'),
  };
}

function write(path: (file: keyof typeof PKI_FILES) => string, pki: FleetPki, withDeviceCa: boolean): void {
  const put = (file: keyof typeof PKI_FILES, text: string): void =>
    writeFileSync(path(file), text, { mode: file.endsWith('Key') ? 0o600 : 0o644 });
  put('apnsCa', pki.apnsCa);
  put('apnsServer', pki.apnsServer.certificate);
  put('apnsServerKey', pki.apnsServer.key);
  if (withDeviceCa) {
    put('deviceCa', pki.deviceCa.certificate);
    put('deviceCaKey', pki.deviceCa.key);
  }
  put('pushKey', pki.push.key);
  put('push', pki.push.certificate); // last: its presence says that all are there
}
