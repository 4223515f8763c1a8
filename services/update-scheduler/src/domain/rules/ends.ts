import type { RuleLine } from '../rule.ts';
import { SCANS, LISTS, INSTALLS, DOWNLOAD, POLLING, CONFIRMS, STEPS_BEFORE, EVERY, ERRORS } from './steps.ts';

/** What begins it anew, and what ends it. */
export const ENDS: readonly RuleLine[] = [
  // Enrolled again in the middle of it: its queue was emptied
  [
    EVERY,
    'voided-unseen',
    'same',
    'repeat',
    'The device enrolled again before it saw the command; it gets it once more.',
  ],
  [
    [...SCANS, ...LISTS, 'recheck', ...POLLING, ...CONFIRMS],
    'voided-in-hand',
    'same',
    'repeat',
    'The device enrolled again before it answered; it is asked once more.',
  ],
  [
    ['schedule-config'],
    'voided-in-hand',
    'scanning',
    'rescan:later',
    'The device enrolled again with the configuration item in hand; it will look again.',
  ],
  [
    [...DOWNLOAD, ...INSTALLS],
    'voided-in-hand',
    'commanded',
    'follow:later',
    'The device enrolled again with the command in hand; it is asked how far it is.',
    'no-answer',
  ],

  // What ends it
  [EVERY, 'refused', 'not-eligible', 'end', 'The device does not take this command, so it was not queued.'],
  [EVERY, 'cancelled', 'failed', 'end', 'An operator took the command back; the next window tries again.', 'cancelled'],
  [
    EVERY,
    'superseded',
    'failed',
    'end',
    'A newer command took the place of this one before the device saw it; the next window tries again.',
    'superseded',
  ],
  [
    STEPS_BEFORE,
    'error-superseded',
    'superseded',
    'end',
    'An active enforcement brings the update; commands are ignored.',
    'superseded',
  ],
  [STEPS_BEFORE, 'error-not-eligible', 'not-eligible', 'end', 'The device does not take update commands.'],
  [STEPS_BEFORE, ERRORS, 'failed', 'end', 'The device reported an error; the next window tries again.'],
  [
    STEPS_BEFORE,
    ['expired-unseen', 'expired-in-hand'],
    'waiting',
    'end',
    'The window closed first; the next one tries again.',
    'window-closed',
  ],
  [
    ['download-status', 'download-confirm'],
    ['expired-unseen', 'expired-in-hand'],
    'failed',
    'end',
    'The device took the update and has been silent since.',
    'silent',
  ],
  [
    ['status', 'confirm'],
    ['expired-unseen', 'expired-in-hand'],
    'failed',
    'end',
    'The device was told to install and has been silent since.',
    'silent-after-restart',
  ],
];
