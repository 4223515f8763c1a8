import { AppError } from '@lamplighter/contracts';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createPrivateKey } from 'node:crypto';
import { readPushCertificate } from './push-certificate.ts';
import { newAuthority, newPushCertificate, TOPIC } from '../../test/push-pki.ts';
import type { Holder } from '../../test/push-pki.ts';

const DAY_MS = 86_400_000;
let ca: Holder;
let good: Holder;

beforeAll(async () => {
  ca = await newAuthority();
  good = await newPushCertificate(ca);
});

function refusalOf(pem: string): AppError {
  try {
    readPushCertificate(pem, new Date());
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('an uploaded push certificate', () => {
  it('gives its topic, its end and its parts, in whatever order they came', () => {
    for (const pem of [`${good.pem}\n${good.keyPem}`, `${good.keyPem}\n${ca.pem}\n${good.pem}`]) {
      const read = readPushCertificate(pem, new Date());
      expect(read).toMatchObject({ topic: TOPIC, notAfter: good.certificate.notAfter });
      expect(read.certificate.startsWith(good.pem.trim())).toBe(true);
      expect(createPrivateKey(read.key).export({ type: 'pkcs8', format: 'pem' })).toBe(good.keyPem);
    }
  });

  it('takes keys of older forms', () => {
    const sec1 = createPrivateKey(good.keyPem).export({ type: 'sec1', format: 'pem' }).toString();
    expect(readPushCertificate(good.pem + sec1, new Date()).topic).toBe(TOPIC);
  });

  it.each<[string, () => Promise<string> | string]>([
    ['no-certificate', () => good.keyPem],
    ['no-certificate', () => ''],
    ['no-key', () => good.pem],
    ['several-keys', () => good.pem + good.keyPem + '\n' + good.keyPem],
    ['unreadable-certificate', () => `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${good.keyPem}`],
    ['unreadable-key', () => `${good.pem}\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----`],
    [
      'encrypted-key',
      () =>
        good.pem +
        createPrivateKey(good.keyPem)
          .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
          .toString(),
    ],
    ['key-mismatch', () => good.pem + '\n' + ca.keyPem],
    ['no-topic', async () => pemOf(await newPushCertificate(ca, { uid: undefined }))],
    ['wrong-topic', async () => pemOf(await newPushCertificate(ca, { uid: 'com.example.app' }))],
    ['expired', async () => pemOf(await newPushCertificate(ca, { notAfter: Date.now() - DAY_MS }))],
    ['not-yet-valid', async () => pemOf(await newPushCertificate(ca, { notBefore: Date.now() + DAY_MS }))],
  ])('is refused as %s, with a remedy and without a word of it', async (code, pemFor) => {
    const error = refusalOf(await pemFor());
    expect(error.code).toBe(`push-certificate.${code}`);
    expect(error.remedy).toBeTruthy();
    expect(JSON.stringify(error.toBody())).not.toMatch(/BEGIN|MII|AAAA/);
  });
});

function pemOf(holder: Holder): string {
  return `${holder.pem}\n${holder.keyPem}`;
}
