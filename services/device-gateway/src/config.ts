import { accessRightsFit, ALL_ACCESS_RIGHTS, subjectName } from '@lamplighter/apple';
import { TenantId } from '@lamplighter/contracts';
import { baseConfig } from '@lamplighter/runtime';
import { z } from 'zod';
import { settingsTogether } from './settings-together.ts';

/** `a, b` as a list of what each part must be. */
function listOf<T extends z.ZodType<unknown, string>>(part: T) {
  return z
    .string()
    .transform((text) => text.split(',').map((each) => each.trim()))
    .pipe(z.array(part));
}

const addressRange = z
  .union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], 'neither an address nor a range (10.0.0.0/8, fd00::/8)')
  .refine((range) => !range.endsWith('/0'), 'trusts every address there is');

const subject = z.string().transform((text, context) => {
  const name = subjectName(text);
  if (name !== undefined) return name;
  context.issues.push({ code: 'custom', message: 'not a name such as /O=Example/CN=%SerialNumber%', input: text });
  return z.NEVER;
});

const fingerprint = z
  .string()
  .transform((text) => text.replaceAll(':', ''))
  .pipe(
    z.string().regex(/^(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{128})$/, 'not a digest in hex'),
  )
  .transform((hex) => Buffer.from(hex, 'hex'));

const webUrl = (protocol: RegExp) =>
  z.url({
    protocol,
    error: `not a URL that starts with ${protocol.source === '^https$' ? 'https://' : 'http:// or https://'}`,
  });

const settings = baseConfig.extend({
  LAMP_GATEWAY_HOST: z.string().default('0.0.0.0').describe('Address that devices reach.'),
  LAMP_GATEWAY_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8443)
    .describe('Port that devices reach; 0 picks a free one.'),
  LAMP_GATEWAY_TLS: z
    .stringbool()
    .default(true)
    .describe(
      'On by default. Off: plain HTTP, for a TLS terminator in front; needs LAMP_GATEWAY_CERT_HEADER or LAMP_GATEWAY_REQUIRE_SIGNATURE.',
    ),
  LAMP_GATEWAY_TLS_CERT: z
    .string()
    .min(1)
    .optional()
    .describe(
      'PEM file with the server certificate that devices trust, followed by its intermediates; required unless LAMP_GATEWAY_TLS is off.',
    ),
  LAMP_GATEWAY_TLS_KEY: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file with the private key of LAMP_GATEWAY_TLS_CERT; required unless LAMP_GATEWAY_TLS is off.'),
  LAMP_GATEWAY_TICKET_KEYS_FILE: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File of 48 random bytes, the same for all replicas: a device then resumes its TLS session at any of them.',
    ),
  LAMP_GATEWAY_RELOAD_SECONDS: z.coerce
    .number()
    .min(0.05)
    .max(86_400)
    .default(30)
    .describe('How often certificate, key, device authorities and ticket keys are looked at for a change.'),
  LAMP_GATEWAY_CERT_HEADER: z
    .string()
    .regex(/^(?!mdm-signature$|content-|host$)[a-z0-9-]+$/i, 'not the name of a header that a TLS terminator could set')
    .optional()
    .describe(
      'Header in which a TLS terminator hands on the client certificate: RFC 9440 (Client-Cert) or URL-escaped PEM. Needs LAMP_GATEWAY_TRUSTED_PROXIES.',
    ),
  LAMP_GATEWAY_TRUSTED_PROXIES: listOf(addressRange)
    .optional()
    .describe(
      'Addresses and ranges (CIDR) that may set LAMP_GATEWAY_CERT_HEADER, comma separated; from others it is refused.',
    ),
  LAMP_GATEWAY_REQUIRE_SIGNATURE: z
    .stringbool()
    .default(false)
    .describe('Only Mdm-Signature tells who a device is; client certificates are neither asked for nor looked at.'),
  LAMP_GATEWAY_TENANTS: listOf(TenantId)
    .optional()
    .describe('Tenants that are served here, comma separated; others get 404. Unset: all.'),
  LAMP_DEVICE_CA: z
    .string()
    .min(1)
    .describe('PEM file with the certificate authorities that issue device identities: the trust anchors of devices.'),
  LAMP_GATEWAY_ALLOW_SHA1: z
    .stringbool()
    .default(false)
    .describe('Accept signatures over SHA-1 digests, for devices whose OS knows no better.'),
  LAMP_GATEWAY_BODY_LIMIT: z.coerce
    .number()
    .int()
    .min(65_536)
    .max(268_435_456)
    .default(16_777_216)
    .describe('Largest request body that a device may send, in bytes. A larger one gets 413.'),
  LAMP_GATEWAY_BODY_MEMORY: z.coerce
    .number()
    .int()
    .min(65_536)
    .default(268_435_456)
    .describe(
      'Bytes that request bodies over 64 KiB may take at once, never less than LAMP_GATEWAY_BODY_LIMIT; further ones get 503.',
    ),
  LAMP_GATEWAY_HEADER_SECONDS: z.coerce
    .number()
    .min(0.1)
    .max(600)
    .default(15)
    .describe('Longest time for a TLS handshake, and for the headers of a request, to arrive.'),
  LAMP_GATEWAY_REQUEST_SECONDS: z.coerce
    .number()
    .min(0.1)
    .max(3600)
    .default(120)
    .describe('Longest time for a whole request, body included, to arrive.'),
  LAMP_GATEWAY_KEEP_ALIVE_SECONDS: z.coerce
    .number()
    .min(0.1)
    .max(3600)
    .default(60)
    .describe('How long an idle connection stays open for the next request of its device.'),
  LAMP_GATEWAY_MAX_CONNECTIONS: z.coerce
    .number()
    .int()
    .min(1)
    .default(20_000)
    .describe('Most connections at once; further ones are dropped before TLS.'),
  LAMP_GATEWAY_MAX_WAITING: z.coerce
    .number()
    .int()
    .min(1)
    .default(10_000)
    .describe('Most devices that wait for the command queue at once; further ones get 503 at once.'),
  LAMP_GATEWAY_MAX_PER_DEVICE: z.coerce
    .number()
    .int()
    .min(1)
    .default(16)
    .describe('Most requests under one identity certificate that are served at once; further ones get 503.'),
  LAMP_GATEWAY_REPLY_SECONDS: z.coerce
    .number()
    .min(0.1)
    .max(60)
    .default(5)
    .describe('How long the command queue may take to answer before the device gets 503.'),
  LAMP_GATEWAY_RETRY_AFTER_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .default(60)
    .describe('Retry-After of a 503. The device keeps its answer and repeats it.'),
  LAMP_ENROLL_URL: webUrl(/^https$/)
    .regex(/^[^?#]*$/, 'has a query or a fragment')
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe(
      'Public address of this gateway, https://…: makes GET /enroll and /enroll/<tenant> give an enrollment profile.',
    ),
  LAMP_ENROLL_TOPIC: z
    .string()
    .regex(/^com\.apple\.mgmt\./, 'does not start with com.apple.mgmt.')
    .optional()
    .describe('Topic of the push certificate, com.apple.mgmt.…, the same for all tenants of this gateway.'),
  LAMP_ENROLL_ORGANIZATION: z
    .string()
    .min(1)
    .default('Lamplighter')
    .describe('Who manages the device, as its user is told.'),
  LAMP_ENROLL_ACCESS_RIGHTS: z.coerce
    .number()
    .int()
    .refine(accessRightsFit, `not a sum of access rights that a device takes (1 to ${ALL_ACCESS_RIGHTS})`)
    .default(ALL_ACCESS_RIGHTS)
    .describe('AccessRights of the MDM payload; devices refuse a later profile that adds some.'),
  LAMP_ENROLL_SIGN_MESSAGE: z
    .stringbool()
    .default(true)
    .describe('SignMessage of the MDM payload: devices send Mdm-Signature. On by default.'),
  LAMP_ENROLL_SUBJECT: subject
    .default([['CN', '%SerialNumber%']])
    .describe(
      'Subject that devices ask a certificate for, /O=…/CN=…. Macs fill in %SerialNumber%, %HardwareUUID%, %ComputerName%; see the gateway’s README for others. Default /CN=%SerialNumber%.',
    ),
  LAMP_ENROLL_SCEP_URL: webUrl(/^https?$/)
    .optional()
    .describe('SCEP server that issues device identities; this or LAMP_ENROLL_ACME_URL.'),
  LAMP_ENROLL_SCEP_NAME: z
    .string()
    .min(1)
    .optional()
    .describe('Which authority of the SCEP server, where it has several.'),
  LAMP_ENROLL_SCEP_CHALLENGE_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('File with the SCEP challenge. Whoever gets a profile can read it.'),
  LAMP_ENROLL_SCEP_FINGERPRINT: fingerprint
    .optional()
    .describe('Digest of the SCEP authority’s certificate in hex; required where LAMP_ENROLL_SCEP_URL is plain HTTP.'),
  LAMP_ENROLL_ACME_URL: webUrl(/^https$/)
    .optional()
    .describe('Directory of the ACME server that issues device identities by device-attest-01.'),
  LAMP_ENROLL_ACME_CLIENT_IDENTIFIER: z
    .string()
    .min(1)
    .default('%SerialNumber%')
    .describe('ClientIdentifier of the ACME payload.'),
  LAMP_ENROLL_ACME_ATTEST: z
    .stringbool()
    .default(true)
    .describe(
      'Keys in hardware, attested by Apple. On by default; off for Macs before macOS 14 or without a T2 chip or Apple silicon.',
    ),
  LAMP_ENROLL_CA: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file with the authorities of the server certificate, where devices do not trust them anyway.'),
  LAMP_ENROLL_PASSWORD_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('File with the token of enrollment links, /enroll?token=…, at least 16 characters.'),
  LAMP_ENROLL_OPEN: z
    .stringbool()
    .default(false)
    .describe('Give the profile, and the SCEP challenge in it, to everybody who asks.'),
  LAMP_ENROLL_SIGN_CERT: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file with the certificate that signs profiles, followed by its intermediates; unset: not signed.'),
  LAMP_ENROLL_SIGN_KEY: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file with the private key of LAMP_ENROLL_SIGN_CERT.'),
});

export const config = settings.superRefine((given, context) => {
  for (const { path, message } of settingsTogether(given)) context.addIssue({ code: 'custom', path: [path], message });
});
export type Config = z.infer<typeof config>;
