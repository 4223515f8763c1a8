import type { RuleLine } from '../rule.ts';
import { SCANS, FIRST_LISTS, LISTS } from './steps.ts';

/** Until the device has been told to take the update: what it offers, and what macOS holds it back behind. */
export const OFFERS: readonly RuleLine[] = [
  // What it offers
  [
    ['scan'],
    ['scanned', 'error-no-update', 'error-benign', 'unreadable'],
    'scanning',
    'list:soon',
    'The device looks for updates; its list is asked for when it has had time to.',
  ],
  [
    ['rescan'],
    ['scanned', 'error-no-update', 'error-benign', 'unreadable'],
    'scanning',
    'relist:soon',
    'The device looks again; its list is asked for when it has had time to.',
  ],
  [SCANS, 'scan-refused', 'failed', 'end', 'The device did not look for updates.', 'scan-failed'],
  [LISTS, 'list-target', 'available', 'schedule', 'The device offers the target; it is told to take it.'],
  [
    FIRST_LISTS,
    'list-config-data',
    'available',
    'schedule-config',
    'macOS holds the installer back behind a configuration item; that comes first.',
  ],
  [
    ['relist'],
    'list-config-data',
    'scanning',
    'rescan:later',
    'The installer is still held back; the device will look again.',
  ],
  [['list'], ['list-empty', 'error-no-update', 'error-benign'], 'same', 'look-again', 'The device offers nothing yet.'],
  [
    ['list-again', 'relist'],
    ['list-empty', 'error-no-update', 'error-benign'],
    'same',
    'recheck',
    'The device offers nothing; its version is asked for.',
  ],
  [LISTS, 'list-other', 'failed', 'end', 'The device does not offer the target version.', 'update-not-offered'],
  [LISTS, 'unreadable', 'failed', 'end', 'The list of updates could not be read.', 'unreadable-answer'],
  [
    ['recheck'],
    ['below-target', 'no-version', 'unreadable'],
    'failed',
    'end',
    'The device is below the target and does not offer it.',
    'update-not-offered',
  ],
  [
    [...SCANS, ...LISTS],
    ['error-downloading', 'error-downloaded'],
    'downloading',
    'follow:later',
    'The device is downloading an update already.',
  ],
  [
    [...SCANS, ...LISTS],
    'error-installing',
    'installing',
    'status:later',
    'The device is installing an update already.',
  ],

  // The configuration item of macOS
  [
    ['schedule-config'],
    [
      'result-accepted',
      'result-downloading',
      'result-installing',
      'error-downloading',
      'error-downloaded',
      'error-installing',
      'error-no-update',
      'error-benign',
      'unreadable',
    ],
    'scanning',
    'rescan:later',
    'The configuration item is taken; the device will look again.',
  ],
];
