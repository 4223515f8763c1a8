import { createHmac } from 'node:crypto';
import { clientExtensions, pushExtensions, serverExtensions } from '../pki/certificate.ts';
import { newAuthority, newCredentials } from '../pki/authority.ts';
import type { Credentials } from '../pki/authority.ts';

/** Everything that a fake APNs and its clients need to trust each other. */
export interface PushPki {
  /** PEM; push clients trust it, and it signs the push certificate. */
  readonly ca: string;
  readonly server: Credentials;
  /** Certificate and key of the push client: what an operator uploads. */
  readonly push: Credentials;
  readonly topic: string;
  /** Another push certificate of the same authority; for tests of foreign topics. */
  issue(topic: string): Credentials;
}

/** `com.apple.mgmt.External.<uuid>`, the same for the same seed. */
export function topicOf(seed: string): string {
  const hex = createHmac('sha256', seed).update('topic').digest('hex');
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  return `com.apple.mgmt.External.${uuid}`;
}

export function newPushPki(topic: string, hosts: readonly string[] = ['localhost', '127.0.0.1']): PushPki {
  const ca = newAuthority('Simulated Push CA');
  const issue = (uid: string): Credentials =>
    newCredentials(ca, { commonName: `APSP:${uid.slice(-36)}`, uid, extensions: pushExtensions() });
  return {
    ca: ca.certificate,
    server: newCredentials(ca, { commonName: 'api.push.simulated', extensions: serverExtensions(hosts) }),
    push: issue(topic),
    topic,
    issue,
  };
}

/** A certificate with a topic, signed by nobody that the push service knows. */
export function foreignCertificate(topic: string): Credentials {
  return newCredentials(newAuthority('Somebody else'), {
    commonName: 'APSP:foreign',
    uid: topic,
    extensions: clientExtensions(),
  });
}
