import { describe, expect, it } from '@jest/globals';
import { ConfigError, parseConfig } from '@lamplighter/runtime';
import { config } from './config.ts';

const TLS = { LAMP_GATEWAY_TLS_CERT: 'c', LAMP_GATEWAY_TLS_KEY: 'k' };
const OFF = { LAMP_GATEWAY_TLS: 'off' };
const HEADER = { LAMP_GATEWAY_CERT_HEADER: 'Client-Cert', LAMP_GATEWAY_TRUSTED_PROXIES: '10.0.0.0/8, fd00::/8, ::1' };
const SIGNED = { LAMP_GATEWAY_REQUIRE_SIGNATURE: 'true' };
const ENROLL = {
  ...TLS,
  LAMP_ENROLL_URL: 'https://mdm.example/',
  LAMP_ENROLL_TOPIC: 'com.apple.mgmt.External.x',
  LAMP_ENROLL_SCEP_URL: 'https://ca.example/scep',
  LAMP_ENROLL_PASSWORD_FILE: 'p',
};

const parsed = (env: Record<string, string | undefined>) =>
  parseConfig('device-gateway', config, { LAMP_DEVICE_CA: 'a', ...env });

/** The settings that are complained about, and the whole message. */
function refusal(env: Record<string, string | undefined>): { settings: string[]; message: string } {
  try {
    parsed(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { settings: [...error.message.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name!), message: error.message };
  }
  return { settings: [], message: '' };
}

describe('settings of the gateway', () => {
  it.each([
    ['TLS of its own', TLS],
    ['plain HTTP behind a terminator', { ...OFF, ...HEADER }],
    ['plain HTTP with signatures', { ...OFF, ...SIGNED }],
    ['TLS and a terminator', { ...TLS, ...HEADER, LAMP_GATEWAY_TENANTS: 'default,acme' }],
    ['profiles by SCEP', ENROLL],
    [
      'profiles by ACME, for all',
      {
        ...ENROLL,
        LAMP_ENROLL_SCEP_URL: '',
        LAMP_ENROLL_ACME_URL: 'https://ca.example/acme',
        LAMP_ENROLL_PASSWORD_FILE: '',
        LAMP_ENROLL_OPEN: 'true',
      },
    ],
  ])('take %s', (_what, env) => {
    expect(refusal(env)).toEqual({ settings: [], message: '' });
  });

  it.each<[string, Record<string, string>, string]>([
    ['TLS without a certificate', { LAMP_GATEWAY_TLS_KEY: 'k' }, 'LAMP_GATEWAY_TLS_CERT'],
    ['TLS without a key', { LAMP_GATEWAY_TLS_CERT: 'c' }, 'LAMP_GATEWAY_TLS_KEY'],
    ['no TLS and nothing to tell devices by', OFF, 'LAMP_GATEWAY_TLS'],
    ['no TLS and a certificate', { ...OFF, ...HEADER, LAMP_GATEWAY_TLS_CERT: 'c' }, 'LAMP_GATEWAY_TLS_CERT'],
    [
      'no TLS and ticket keys',
      { ...OFF, ...SIGNED, LAMP_GATEWAY_TICKET_KEYS_FILE: 't' },
      'LAMP_GATEWAY_TICKET_KEYS_FILE',
    ],
    ['a header from anybody', { ...TLS, LAMP_GATEWAY_CERT_HEADER: 'Client-Cert' }, 'LAMP_GATEWAY_TRUSTED_PROXIES'],
    ['proxies without a header', { ...TLS, LAMP_GATEWAY_TRUSTED_PROXIES: '::1' }, 'LAMP_GATEWAY_CERT_HEADER'],
    ['a header beside signatures only', { ...TLS, ...HEADER, ...SIGNED }, 'LAMP_GATEWAY_REQUIRE_SIGNATURE'],
    [
      'a header that carries the signature',
      { ...TLS, ...HEADER, LAMP_GATEWAY_CERT_HEADER: 'Mdm-Signature' },
      'LAMP_GATEWAY_CERT_HEADER',
    ],
    [
      'a range that is none',
      { ...TLS, ...HEADER, LAMP_GATEWAY_TRUSTED_PROXIES: '10.0.0.0/33' },
      'LAMP_GATEWAY_TRUSTED_PROXIES',
    ],
    [
      'every address there is',
      { ...TLS, ...HEADER, LAMP_GATEWAY_TRUSTED_PROXIES: '0.0.0.0/0' },
      'LAMP_GATEWAY_TRUSTED_PROXIES',
    ],
    [
      'every address of IPv6',
      { ...TLS, ...HEADER, LAMP_GATEWAY_TRUSTED_PROXIES: '::1,::/0' },
      'LAMP_GATEWAY_TRUSTED_PROXIES',
    ],
    ['a tenant that is none', { ...TLS, LAMP_GATEWAY_TENANTS: 'default,Acme' }, 'LAMP_GATEWAY_TENANTS'],
    ['a profile without a topic', { ...ENROLL, LAMP_ENROLL_TOPIC: '' }, 'LAMP_ENROLL_TOPIC'],
    ['a topic of another kind', { ...ENROLL, LAMP_ENROLL_TOPIC: 'com.example.app' }, 'LAMP_ENROLL_TOPIC'],
    ['a profile without identities', { ...ENROLL, LAMP_ENROLL_SCEP_URL: '' }, 'LAMP_ENROLL_SCEP_URL'],
    [
      'two sources of identities',
      { ...ENROLL, LAMP_ENROLL_ACME_URL: 'https://ca.example/acme' },
      'LAMP_ENROLL_SCEP_URL',
    ],
    ['a profile for nobody', { ...ENROLL, LAMP_ENROLL_PASSWORD_FILE: '' }, 'LAMP_ENROLL_PASSWORD_FILE'],
    ['a profile for all, with a password', { ...ENROLL, LAMP_ENROLL_OPEN: 'true' }, 'LAMP_ENROLL_PASSWORD_FILE'],
    ['plain HTTP for devices', { ...ENROLL, LAMP_ENROLL_URL: 'http://mdm.example' }, 'LAMP_ENROLL_URL'],
    ['a URL with a query', { ...ENROLL, LAMP_ENROLL_URL: 'https://mdm.example/?a' }, 'LAMP_ENROLL_URL'],
    [
      'SCEP over plain HTTP on trust',
      { ...ENROLL, LAMP_ENROLL_SCEP_URL: 'http://ca.example' },
      'LAMP_ENROLL_SCEP_FINGERPRINT',
    ],
    ['a fingerprint that is none', { ...ENROLL, LAMP_ENROLL_SCEP_FINGERPRINT: 'abc' }, 'LAMP_ENROLL_SCEP_FINGERPRINT'],
    ['a signer without a key', { ...ENROLL, LAMP_ENROLL_SIGN_CERT: 'c' }, 'LAMP_ENROLL_SIGN_KEY'],
    ['access rights that devices refuse', { ...ENROLL, LAMP_ENROLL_ACCESS_RIGHTS: '2' }, 'LAMP_ENROLL_ACCESS_RIGHTS'],
    ['a subject that is none', { ...ENROLL, LAMP_ENROLL_SUBJECT: 'CN=x' }, 'LAMP_ENROLL_SUBJECT'],
    [
      'profiles that turn off what is required',
      { ...ENROLL, ...SIGNED, LAMP_ENROLL_SIGN_MESSAGE: 'false' },
      'LAMP_ENROLL_SIGN_MESSAGE',
    ],
    [
      'enrollment settings without its URL',
      { ...TLS, LAMP_ENROLL_ACME_URL: 'https://ca.example/acme' },
      'LAMP_ENROLL_ACME_URL',
    ],
  ])('refuse %s', (_what, env, setting) => {
    const { settings, message } = refusal(env);
    expect(settings).toEqual([setting]);
    expect(message).not.toContain('Invalid input');
  });

  it('read names, ranges, digests and URLs', () => {
    expect(
      parsed({
        ...ENROLL,
        ...HEADER,
        LAMP_ENROLL_SUBJECT: '/O=Example/CN=%SerialNumber%',
        LAMP_ENROLL_SCEP_FINGERPRINT: 'AB:'.repeat(19) + 'AB',
      }),
    ).toMatchObject({
      LAMP_ENROLL_URL: 'https://mdm.example',
      LAMP_ENROLL_SUBJECT: [
        ['O', 'Example'],
        ['CN', '%SerialNumber%'],
      ],
      LAMP_ENROLL_SCEP_FINGERPRINT: Buffer.alloc(20, 0xab),
      LAMP_GATEWAY_TRUSTED_PROXIES: ['10.0.0.0/8', 'fd00::/8', '::1'],
    });
  });
});
