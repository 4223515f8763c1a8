import type { ApnsAnswer } from '../domain/apns-answer.ts';
import type { Push } from '../ports.ts';

/** A push on its way. */
export interface ApnsRequest {
  push: Push;
  /** On `performance.now()`: then it is given up, though the time of one push is not over. */
  deadlineMs: number;
  /** Called once. */
  done(answer: ApnsAnswer): void;
}

/**
 * Names and values in turn, as Node takes them with the least ado.
 * https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns
 * The expiration is the installation's time: with a clock that is not the real one, the push service is a simulated one that shares it.
 */
export function headersOf({ topic, token, apnsId, expiresAt }: Push): string[] {
  return [
    ':method',
    'POST',
    ':path',
    `/3/device/${token}`,
    'apns-topic',
    topic,
    'apns-push-type',
    'mdm',
    'apns-priority',
    '10',
    'apns-expiration',
    String(Math.floor(expiresAt.getTime() / 1000)),
    'apns-id',
    apnsId,
  ];
}

export function bodyOf({ pushMagic }: Push): string {
  return JSON.stringify({ mdm: pushMagic });
}
