import { readCertificate } from '../identity/certificate.ts';
import type { PlistInput } from '../plist/plist-value.ts';

/** An X.500 name: attribute (`CN`, `O`, … or a dotted OID) and value, outermost first. */
export type SubjectName = readonly (readonly [attribute: string, value: string])[];

/** Where a device gets its identity certificate from. */
export type IdentitySource = ScepIdentity | AcmeIdentity;

/**
 * Key and request by SCEP. A Mac replaces `%SerialNumber%`, `%HardwareUUID%`, `%ComputerName%`, `%HostName%`,
 * `%LocalHostName%` and `%MACAddress%` in the subject; iOS, iPadOS and tvOS send such names as they stand.
 */
export interface ScepIdentity {
  readonly kind: 'scep';
  readonly url: string;
  /** Which of the server's authorities; undefined where it has one. */
  readonly name: string | undefined;
  readonly challenge: string | undefined;
  /** Of the authority's certificate (MD5, SHA-1, SHA-256 or SHA-512): what it is known by over plain HTTP. */
  readonly fingerprint: Buffer | undefined;
  readonly subject: SubjectName;
}

/** Key in the Secure Enclave (P-256) and certificate by ACME's device-attest-01. iOS 16, macOS 13.1 and later. */
export interface AcmeIdentity {
  readonly kind: 'acme';
  readonly url: string;
  /** The order's permanent-identifier; a server that checks the attestation wants the serial number or the UDID. */
  readonly clientIdentifier: string;
  /** Keep the key in hardware and attest it. Macs need macOS 14 and a T2 chip or Apple silicon for that. */
  readonly attest: boolean;
  readonly subject: SubjectName;
}

interface PayloadOf {
  readonly type: string;
  readonly content: { readonly [key: string]: PlistInput | undefined };
}

const SIGNING = 1;
const ENCRYPTION = 4;
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';

export function identityPayload(source: IdentitySource, organization: string): PayloadOf {
  const subject = source.subject.map(([attribute, value]) => [[attribute, value]]);
  if (source.kind === 'acme') {
    return {
      type: 'com.apple.security.acme',
      content: {
        DirectoryURL: source.url,
        ClientIdentifier: source.clientIdentifier,
        KeyType: 'ECSECPrimeRandom',
        KeySize: 256,
        HardwareBound: source.attest,
        Attest: source.attest,
        Subject: subject,
        UsageFlags: SIGNING,
        ExtendedKeyUsage: [CLIENT_AUTHENTICATION],
      },
    };
  }
  return {
    type: 'com.apple.security.scep',
    content: {
      PayloadOrganization: organization,
      PayloadContent: {
        URL: source.url,
        Name: source.name,
        Challenge: source.challenge,
        CAFingerprint: source.fingerprint,
        Subject: subject,
        Keysize: 2048,
        'Key Type': 'RSA',
        'Key Usage': SIGNING | ENCRYPTION,
        KeyIsExtractable: false,
      },
    },
  };
}

/** A root that the device shall trust, or an intermediate certificate. Throws SignatureError where it is neither. */
export function certificatePayload(der: Buffer, index: number): PayloadOf {
  const certificate = readCertificate(der);
  const isRoot = certificate.subject.equals(certificate.issuer);
  return {
    type: isRoot ? 'com.apple.security.root' : 'com.apple.security.pkcs1',
    content: { PayloadCertificateFileName: `authority-${index}.cer`, PayloadContent: der },
  };
}

const NAME = /^(?:C|L|ST|O|OU|CN|[0-2](?:\.[0-9]+)+)$/;

/** Reads `/O=Example/CN=%SerialNumber%`. Undefined where the text is no such name. */
export function subjectName(text: string): SubjectName | undefined {
  if (!text.startsWith('/')) return undefined;
  const parts = text.slice(1).split('/');
  const name = parts.map((part): [string, string] => {
    const at = part.indexOf('=');
    return [part.slice(0, Math.max(at, 0)), part.slice(at + 1)];
  });
  return name.every(([attribute, value]) => NAME.test(attribute) && value !== '') ? name : undefined;
}
