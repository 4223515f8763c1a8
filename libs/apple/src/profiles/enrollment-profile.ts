import { buildPlist } from '../plist/build.ts';
import type { PlistInput } from '../plist/plist-value.ts';
import { certificatePayload, identityPayload } from './identity-payloads.ts';
import type { IdentitySource } from './identity-payloads.ts';

/** What an enrollment profile says; all of it is public to whoever installs it, a SCEP challenge included. */
export interface EnrollmentProfile {
  /** Reverse-DNS. A profile with the same identifier and UUIDs replaces the one that is installed. */
  readonly identifier: string;
  /** The same for the same part of the same profile, always: else each download would be another enrollment. */
  readonly uuid: (part: string) => string;
  readonly organization: string;
  readonly serverUrl: string;
  readonly checkInUrl: string;
  /** Of the push certificate, `com.apple.mgmt.…`; a device refuses an update that changes it. */
  readonly topic: string;
  /** Bits of the MDM payload's AccessRights; a device refuses an update that adds some. */
  readonly accessRights: number;
  /** Have devices sign their messages (`Mdm-Signature`). */
  readonly signMessage: boolean;
  readonly identity: IdentitySource;
  /** DER of certificates that the device shall trust the server by; none where it does so already. */
  readonly authorities: readonly Buffer[];
}

type Payload = { readonly [key: string]: PlistInput | undefined };

/** All access rights there are. */
export const ALL_ACCESS_RIGHTS = 8191;

/** Whether a device takes these AccessRights: some bit, 1 beside 2, and 64 beside 128. */
export function accessRightsFit(rights: number): boolean {
  const implied = (bit: number, other: number) => (rights & bit) === 0 || (rights & other) !== 0;
  return rights > 0 && rights <= ALL_ACCESS_RIGHTS && implied(2, 1) && implied(128, 64);
}

/**
 * A configuration profile (XML) that enrolls a device: an identity by SCEP or ACME, the MDM payload that uses it, and the
 * authorities of the server's certificate. Schema: mdm/profiles/TopLevel.yaml, CommonPayloadKeys.yaml, com.apple.mdm.yaml.
 */
export function enrollmentProfile(profile: EnrollmentProfile): string {
  const { uuid, identifier } = profile;
  const payload = (part: string, type: string, name: string, content: Payload): Payload => ({
    PayloadType: type,
    PayloadVersion: 1,
    PayloadIdentifier: `${identifier}.${part}`,
    PayloadUUID: uuid(part),
    PayloadDisplayName: name,
    ...content,
  });
  const identity = identityPayload(profile.identity, profile.organization);
  const authorities = profile.authorities.map((der, index) => {
    const { type, content } = certificatePayload(der, index);
    return payload(`authority-${index}`, type, 'Certificate authority', content);
  });
  return buildPlist({
    PayloadType: 'Configuration',
    PayloadVersion: 1,
    PayloadIdentifier: identifier,
    PayloadUUID: uuid('profile'),
    PayloadDisplayName: `${profile.organization} device management`,
    PayloadDescription: 'Enrolls this device in device management.',
    PayloadOrganization: profile.organization,
    // A Mac takes an MDM payload for the whole system only.
    PayloadScope: 'System',
    PayloadRemovalDisallowed: false,
    PayloadContent: [
      ...authorities,
      payload('identity', identity.type, 'Device identity', identity.content),
      payload('mdm', 'com.apple.mdm', 'Device management', mdmContent(profile)),
    ],
  });
}

function mdmContent(profile: EnrollmentProfile): Payload {
  return {
    IdentityCertificateUUID: profile.uuid('identity'),
    ServerURL: profile.serverUrl,
    CheckInURL: profile.checkInUrl,
    Topic: profile.topic,
    AccessRights: profile.accessRights,
    SignMessage: profile.signMessage,
    CheckOutWhenRemoved: true,
    // All that there are: the first may never be added or removed later, and a device that asks in vain is told so.
    ServerCapabilities: ['com.apple.mdm.per-user-connections', 'com.apple.mdm.bootstraptoken', 'com.apple.mdm.token'],
  };
}
