import type { ItemOf, pushSent } from '@lamplighter/contracts';

/** What APNs, or the way to it, said to one push. */
export interface ApnsAnswer {
  /** HTTP status; 0 where there was none: no connection, a lost one, or no answer in time. */
  status: number;
  /** APNs' reason, or ours for status 0. */
  reason?: string | undefined;
  /** Epoch milliseconds, with 410 alone: since when the token has been invalid. */
  timestamp?: number | undefined;
}

export type PushOutcome = ItemOf<typeof pushSent>['outcome'];

export interface Verdict {
  outcome: PushOutcome;
  reason?: string;
  /** Epoch milliseconds, with `gone`. Absent where APNs did not say. */
  goneAt?: number;
  /** The same push may succeed soon. */
  isRetried?: boolean;
  /** No push of this topic will succeed before its certificate is replaced. */
  stopsTopic?: boolean;
}

/**
 * Apple's table for MDM pushes
 * (https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns).
 * A status that is not in it is taken by its class: 5xx passes, 4xx does not.
 */
export function judge({ status, reason, timestamp }: ApnsAnswer): Verdict {
  if (status === 200) return { outcome: 'accepted' };
  const said = reason === undefined ? {} : { reason };
  if (status === 410) {
    return { outcome: 'gone', ...said, ...(timestamp === undefined ? {} : { goneAt: timestamp }) };
  }
  if (status === 403) return { outcome: 'no-certificate', ...said, stopsTopic: true };
  if (status === 0 || status === 429 || status >= 500) {
    return { outcome: 'failed', ...said, isRetried: true };
  }
  return { outcome: 'rejected', ...said };
}
