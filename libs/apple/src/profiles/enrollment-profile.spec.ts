import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { authority, device } from '../identity/pki.fixture.ts';
import { parsePlist } from '../plist/parse.ts';
import type { PlistDict, PlistValue } from '../plist/plist-value.ts';
import { accessRightsFit, ALL_ACCESS_RIGHTS, enrollmentProfile } from './enrollment-profile.ts';
import type { EnrollmentProfile } from './enrollment-profile.ts';
import { subjectName } from './identity-payloads.ts';
import type { IdentitySource } from './identity-payloads.ts';

const CHECKOUT = process.env['LAMP_APPLE_SCHEMA'] ?? join(process.cwd(), '..', 'shared', 'apple-schema');
const SCHEMA = join(CHECKOUT, 'mdm', 'profiles');
const here = existsSync(SCHEMA);
if (!here) process.stdout.write(`skipped: LAMP_APPLE_SCHEMA names no checkout of github.com/apple/device-management\n`);

const scep: IdentitySource = {
  kind: 'scep',
  url: 'https://ca.example/scep',
  name: undefined,
  challenge: 'secret',
  fingerprint: Buffer.alloc(20, 7),
  subject: [['CN', '%SerialNumber%']],
};
const acme: IdentitySource = {
  kind: 'acme',
  url: 'https://ca.example/acme/directory',
  clientIdentifier: 'C02XY',
  attest: true,
  subject: [
    ['O', 'Example'],
    ['CN', 'C02XY'],
  ],
};
const root = await authority({ name: 'Server CA' });
const intermediate = await authority({ name: 'Server CA 2' }, root);

const options: EnrollmentProfile = {
  identifier: 'com.example.mdm.enroll',
  uuid: (part) => `00000000-0000-8000-8000-${hash('sha256', part).slice(0, 12)}`,
  organization: 'Example & Söhne',
  serverUrl: 'https://mdm.example/mdm',
  checkInUrl: 'https://mdm.example/mdm',
  topic: 'com.apple.mgmt.External.0e9c3b1a-6f2d-4b57-9d0e-2a4c6e8f0b1d',
  accessRights: ALL_ACCESS_RIGHTS,
  signMessage: true,
  identity: scep,
  authorities: [],
};

const read = (more: Partial<EnrollmentProfile> = {}) => {
  const profile = parsePlist(Buffer.from(enrollmentProfile({ ...options, ...more }))) as PlistDict;
  return { profile, payloads: profile['PayloadContent'] as PlistDict[] };
};
const ofType = (payloads: readonly PlistDict[], type: string) =>
  payloads.filter((payload) => payload['PayloadType'] === type);

interface Key {
  key: string;
  type: string;
  presence?: string;
  format?: string;
  rangelist?: unknown[];
  subkeys?: Key[];
}
const TYPES: Record<string, (value: PlistValue) => boolean> = {
  '<string>': (value) => typeof value === 'string',
  '<boolean>': (value) => typeof value === 'boolean',
  '<integer>': (value) => Number.isInteger(value),
  '<array>': (value) => Array.isArray(value),
};

function keysOf(...files: string[]): Key[] {
  return files.flatMap(
    (file) => (parse(readFileSync(join(SCHEMA, file), 'utf8')) as { payloadkeys: Key[] }).payloadkeys,
  );
}

function problems(dict: PlistDict, keys: readonly Key[]): string[] {
  const missing = keys.filter(({ key, presence }) => presence === 'required' && dict[key] === undefined);
  return [
    ...missing.map(({ key }) => `${key} is missing`),
    ...Object.entries(dict).flatMap(([name, value]) => {
      const key = keys.find((each) => each.key === name);
      if (!key) return [`${name} is unknown`];
      if (!TYPES[key.type]?.(value)) return [`${name} is no ${key.type}`];
      if (key.format && !new RegExp(key.format).test(String(value))) return [`${name} is not of its format`];
      const allowed = key.rangelist ?? key.subkeys?.[0]?.rangelist;
      const values: PlistValue[] = Array.isArray(value) ? value : [value];
      return allowed && !values.every((each) => allowed.includes(each)) ? [`${name} is out of range`] : [];
    }),
  ];
}

describe('enrollmentProfile', () => {
  (here ? it : it.skip)("holds what Apple's schema wants of a profile and of its MDM payload", () => {
    for (const identity of [scep, acme]) {
      const { profile, payloads } = read({ identity, authorities: [root.der] });
      expect(problems(profile, keysOf('TopLevel.yaml'))).toEqual([]);
      const [mdm] = ofType(payloads, 'com.apple.mdm');
      expect(problems(mdm!, keysOf('CommonPayloadKeys.yaml', 'com.apple.mdm.yaml'))).toEqual([]);
      const common = keysOf('CommonPayloadKeys.yaml');
      for (const payload of payloads) {
        const shared = Object.entries(payload).filter(([name]) => common.some(({ key }) => key === name));
        expect(problems(Object.fromEntries(shared), common)).toEqual([]);
      }
    }
  });

  it('names its identity payload in the MDM payload, and no identifier or UUID twice', () => {
    for (const [identity, type] of [
      [scep, 'com.apple.security.scep'],
      [acme, 'com.apple.security.acme'],
    ] as const) {
      const { profile, payloads } = read({ identity, authorities: [root.der, intermediate.der] });
      const [source] = ofType(payloads, type);
      expect(ofType(payloads, 'com.apple.mdm')).toMatchObject([{ IdentityCertificateUUID: source!['PayloadUUID'] }]);
      for (const key of ['PayloadUUID', 'PayloadIdentifier']) {
        const all = [profile, ...payloads].map((dict) => dict[key]);
        expect(new Set(all).size).toBe(all.length);
      }
    }
  });

  it('is the same, byte for byte, each time', () => {
    expect(enrollmentProfile(options)).toBe(enrollmentProfile({ ...options }));
  });

  it('asks a SCEP server for an RSA key that signs and encrypts', () => {
    expect(ofType(read().payloads, 'com.apple.security.scep')).toMatchObject([
      {
        PayloadContent: {
          URL: 'https://ca.example/scep',
          Challenge: 'secret',
          CAFingerprint: Buffer.alloc(20, 7),
          Subject: [[['CN', '%SerialNumber%']]],
          Keysize: 2048,
          'Key Type': 'RSA',
          'Key Usage': 5,
        },
      },
    ]);
  });

  it('asks an ACME server for a P-256 key, in hardware where it is to be attested', () => {
    for (const attest of [true, false]) {
      const { payloads } = read({ identity: { ...acme, attest } });
      expect(ofType(payloads, 'com.apple.security.acme')).toMatchObject([
        {
          DirectoryURL: 'https://ca.example/acme/directory',
          ClientIdentifier: 'C02XY',
          KeyType: 'ECSECPrimeRandom',
          KeySize: 256,
          HardwareBound: attest,
          Attest: attest,
          Subject: [[['O', 'Example']], [['CN', 'C02XY']]],
          ExtendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
        },
      ]);
    }
  });

  it('brings roots as roots and intermediates as certificates', () => {
    const { payloads } = read({ authorities: [root.der, intermediate.der] });
    expect(ofType(payloads, 'com.apple.security.root')).toMatchObject([{ PayloadContent: root.der }]);
    expect(ofType(payloads, 'com.apple.security.pkcs1')).toMatchObject([{ PayloadContent: intermediate.der }]);
  });

  it('takes no leaf for a root', async () => {
    const leaf = await device(root);
    expect(ofType(read({ authorities: [leaf.der] }).payloads, 'com.apple.security.root')).toEqual([]);
  });
});

describe('accessRightsFit', () => {
  it('wants some bit, 1 beside 2 and 64 beside 128', () => {
    expect([8191, 1, 3, 192, 16].map(accessRightsFit)).toEqual([true, true, true, true, true]);
    expect([0, 2, 128, 8192, -1].map(accessRightsFit)).toEqual([false, false, false, false, false]);
  });
});

describe('subjectName', () => {
  it('reads attributes in their order', () => {
    expect(subjectName('/O=Example Inc./CN=%SerialNumber%/1.2.5.3=a=b')).toEqual([
      ['O', 'Example Inc.'],
      ['CN', '%SerialNumber%'],
      ['1.2.5.3', 'a=b'],
    ]);
  });

  it.each(['', 'CN=a', '/', '/CN', '/CN=', '/X=a', '/CN=a/', '/=a', '/3.1=a'])('refuses %j', (text) => {
    expect(subjectName(text)).toBeUndefined();
  });
});
