import type { ItemOf, pushSent } from '@lamplighter/contracts';

/** What APNs, or the way to it, said to one push. */
export interface ApnsAnswer {
  /** HTTP status; 0 where there was none: no connection, a lost one, or no answer in time. */
  status: number;
  /** APNs' reason, or ours for status 0. */
  reason?: string | undefined;
  /** Epoch milliseconds, with 410 alone: since when the token has been invalid. */
  timestamp?: number | undefined;
  /** What Retry-After says. */
  retryAfterMs?: number | undefined;
}

export type PushOutcome = ItemOf<typeof pushSent>['outcome'];

export interface Verdict {
  outcome: PushOutcome;
  reason?: string;
  /** Epoch milliseconds, with `gone`. Absent where APNs did not say. */
  goneAt?: number;
  /** The same push may succeed soon. */
  isRetried?: boolean;
  /** Not sooner than this. */
  retryAfterMs?: number;
  /** It is this token that APNs wants left alone for a while. */
  delaysToken?: boolean;
  /** It is the token that APNs does not take: of another environment or topic, or garbled. */
  isBadToken?: boolean;
  /** No push of this topic will succeed before its certificate is replaced. */
  stopsTopic?: boolean;
  /** Where APNs was asked. */
  apnsId?: string;
}

const BAD_TOKEN = new Set<string | undefined>(['BadDeviceToken', 'DeviceTokenNotForTopic']);
const BAD_TOPIC = new Set<string | undefined>(['TopicDisallowed', 'BadTopic']);

/** Reasons that are about the certificate, whatever they come with. */
export const BAD_CERTIFICATE = new Set<string | undefined>([
  'BadCertificate',
  'BadCertificateEnvironment',
  'Forbidden',
]);

/**
 * Apple's table for MDM pushes
 * (https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns).
 * A status that is not in it is taken by its class: 5xx passes, 4xx does not.
 */
export function judge({ status, reason, timestamp, retryAfterMs }: ApnsAnswer): Verdict {
  const verdict: Verdict = { outcome: 'rejected' };
  if (status === 200) return { outcome: 'accepted' };
  if (reason !== undefined) verdict.reason = reason;
  if (status === 410) {
    verdict.outcome = 'gone';
    if (timestamp !== undefined) verdict.goneAt = timestamp;
  } else if (isOfTopic(status, reason)) {
    verdict.outcome = 'no-certificate';
    verdict.stopsTopic = true;
  } else if (mayPass(status, reason)) {
    verdict.outcome = 'failed';
    verdict.isRetried = true;
    if (status === 429) verdict.delaysToken = true;
    if (retryAfterMs !== undefined) verdict.retryAfterMs = retryAfterMs;
  } else if (BAD_TOKEN.has(reason)) {
    verdict.isBadToken = true;
  }
  return verdict;
}

function isOfTopic(status: number, reason: string | undefined): boolean {
  return status === 403 || (status === 400 && BAD_TOPIC.has(reason));
}

function mayPass(status: number, reason: string | undefined): boolean {
  return status === 0 || status === 429 || status >= 500 || reason === 'IdleTimeout';
}
