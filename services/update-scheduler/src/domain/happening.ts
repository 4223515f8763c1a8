/** What happened, as far as the transition table tells things apart. */
export const TRIGGERS = [
  'scanned',
  'scan-refused',
  'list-target',
  'list-config-data',
  'list-empty',
  'list-other',
  'result-accepted',
  'result-downloading',
  'result-installing',
  'result-notified',
  'status-downloading',
  'status-downloaded',
  'status-installing',
  'status-idle',
  'status-empty',
  'status-postponed',
  'status-overdue',
  'status-stalled',
  'at-target',
  'below-target',
  'no-version',
  'error-downloading',
  'error-downloaded',
  'error-installing',
  'error-no-update',
  'error-unsupported',
  'error-not-eligible',
  'error-superseded',
  'error-benign',
  'error-busy',
  'error-once-more',
  'error-not-downloaded',
  'error-failed',
  'not-now',
  'unreadable',
  'expired-no-contact',
  'expired-busy',
  'expired-unseen',
  'expired-in-hand',
  'voided-unseen',
  'voided-in-hand',
  'refused',
  'cancelled',
  'superseded',
  'revoked',
  'left',
  'declared-waiting',
  'declared-downloading',
  'declared-prepared',
  'declared-installing',
  'declared-failed',
  'declared-stopped',
  'declared-refused',
  'overdue',
] as const;
export type Trigger = (typeof TRIGGERS)[number];

export interface Happening {
  trigger: Trigger;
  /** Takes the place of the rule's reason where the device said more. */
  reason?: string;
  /** The device's own words, for people. */
  detail?: string;
  productKeys?: string[];
}
