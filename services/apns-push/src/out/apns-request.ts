import type { ApnsAnswer } from '../domain/apns-answer.ts';
import type { Patience, Push } from '../ports.ts';
import type { RequestField } from './http2/request-encoder.ts';

/** A push on its way. */
export interface ApnsRequest {
  push: Push;
  patience: Patience;
  /** Called once. */
  done(answer: ApnsAnswer): void;
}

/**
 * The headers of all pushes of a connection; `valuesOf` has what differs.
 * https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns
 */
export function fieldsOf(authority: string, topic: string): RequestField[] {
  return [
    { name: ':method', value: 'POST' },
    { name: ':scheme', value: 'https' },
    { name: ':authority', value: authority },
    // A device's token is in it.
    { name: ':path', isSecret: true },
    { name: 'apns-topic', value: topic },
    { name: 'apns-push-type', value: 'mdm' },
    { name: 'apns-priority', value: '10' },
    { name: 'apns-expiration' },
    { name: 'apns-id' },
  ];
}

/** The expiration is the installation's time: with a clock that is not the real one, the push service is a simulated one that shares it. */
export function valuesOf({ token, apnsId, expiresAt }: Push): string[] {
  return [`/3/device/${token}`, String(Math.floor(expiresAt.getTime() / 1000)), apnsId];
}

export function bodyOf({ pushMagic }: Push): string {
  return JSON.stringify({ mdm: pushMagic });
}
