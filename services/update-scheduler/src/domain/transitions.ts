import { type Rule, type RuleLine, ruleOf } from './rule.ts';
import type { Trigger } from './triggers.ts';
import type { Step } from './update.ts';

const SCANS: readonly Step[] = ['scan', 'rescan'];
const FIRST_LISTS: readonly Step[] = ['list', 'list-again'];
const LISTS: readonly Step[] = [...FIRST_LISTS, 'relist'];
const INSTALLS: readonly Step[] = ['install', 'install-fallback'];
const DOWNLOAD: readonly Step[] = ['download'];
const POLLING: readonly Step[] = ['download-status', 'status'];
const CONFIRMS: readonly Step[] = ['download-confirm', 'confirm'];
const SCHEDULES: readonly Step[] = ['schedule-config', 'download', ...INSTALLS];
const STEPS_BEFORE: readonly Step[] = [...SCANS, ...LISTS, 'recheck', ...SCHEDULES];
const ERRORS: readonly Trigger[] = [
  'error-downloading',
  'error-downloaded',
  'error-installing',
  'error-no-update',
  'error-unsupported',
  'error-not-eligible',
  'error-superseded',
  'error-benign',
  'error-failed',
];

/** The first rule that fits decides; what fits none changes nothing. */
const LINES: readonly RuleLine[] = [
  ['*', 'at-target', 'installed', 'end', 'The device runs the target version.'],
  ['*', 'left', 'not-eligible', 'end', 'The device has left management.', 'left-management'],
  [
    [...STEPS_BEFORE, ...POLLING, ...CONFIRMS],
    'not-now',
    'same',
    'stay',
    'The device is busy and will ask again.',
    'not-now',
  ],

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

  // Told to download (first step of iOS, iPadOS, tvOS)
  [
    DOWNLOAD,
    ['result-accepted', 'error-benign', 'unreadable'],
    'commanded',
    'download-status:later',
    'The device took the command to download.',
  ],
  [
    DOWNLOAD,
    ['result-downloading', 'error-downloading'],
    'downloading',
    'download-status:later',
    'The device is downloading.',
  ],
  [
    DOWNLOAD,
    'error-downloaded',
    'downloaded',
    'install',
    'The update is downloaded; the device is told to install it.',
  ],
  [
    DOWNLOAD,
    'error-unsupported',
    'same',
    'install-fallback',
    'The device does not take this install action; another one is tried once.',
  ],
  [
    DOWNLOAD,
    'expired-in-hand',
    'commanded',
    'download-status:later',
    'The device had the command in hand at the stop time; it is asked how far it is.',
    'no-answer',
  ],
  [['download-status'], 'status-downloading', 'downloading', 'download-status:later', 'The device is downloading.'],
  [
    ['download-status'],
    'status-downloaded',
    'downloaded',
    'install',
    'The update is downloaded; the device is told to install it.',
  ],
  [['download-status'], 'status-idle', 'same', 'download-status:later', 'The download has not started yet.'],
  [
    ['download-status'],
    ['status-empty', 'unreadable', ...ERRORS],
    'same',
    'download-confirm',
    'Nothing is running on the device; its version is asked for.',
  ],
  [
    ['download-confirm'],
    ['below-target', 'no-version', 'unreadable', ...ERRORS],
    'same',
    'download-status:later',
    'The device is below the target; it will be asked again.',
  ],

  // Told to install
  [
    INSTALLS,
    ['result-accepted', 'error-benign', 'unreadable'],
    'commanded',
    'status:later',
    'The device took the command to install.',
  ],
  [
    INSTALLS,
    ['result-downloading', 'error-downloading'],
    'downloading',
    'status:later',
    'The device is downloading and will install.',
  ],
  [INSTALLS, 'error-downloaded', 'downloaded', 'status:later', 'The update is downloaded and will be installed.'],
  [
    ['install'],
    'error-unsupported',
    'same',
    'install-fallback',
    'The device does not take this install action; another one is tried once.',
  ],
  [
    INSTALLS,
    'error-unsupported',
    'failed',
    'end',
    'The device takes none of the install actions.',
    'unsupported-command',
  ],
  [
    INSTALLS,
    'expired-in-hand',
    'commanded',
    'status:later',
    'The device had the command in hand at the stop time; it is asked how far it is.',
    'no-answer',
  ],
  [
    [...DOWNLOAD, ...INSTALLS],
    ['result-installing', 'error-installing'],
    'installing',
    'status:later',
    'The device is installing.',
  ],
  [
    [...DOWNLOAD, ...INSTALLS],
    'error-no-update',
    'same',
    'recheck',
    'The device no longer offers the update; its version is asked for.',
  ],
  [POLLING, 'status-installing', 'installing', 'status:later', 'The device is installing.'],
  [['status'], 'status-downloading', 'downloading', 'status:later', 'The device is downloading and will install.'],
  [
    ['status'],
    'status-downloaded',
    'downloaded',
    'status:later',
    'The update is downloaded; the device waits for a moment to install it.',
  ],
  [['status'], 'status-idle', 'same', 'status:later', 'The device has not begun yet; often it is not on power.'],
  [
    ['status'],
    ['status-empty', 'unreadable', ...ERRORS],
    'same',
    'confirm',
    'Nothing is running on the device; its version is asked for.',
  ],
  [
    ['confirm'],
    ['below-target', 'no-version', 'unreadable', ...ERRORS],
    'same',
    'status:later',
    'The device is below the target; it will be asked again.',
  ],

  // Enrolled again in the middle of it: its queue was emptied
  [
    [...STEPS_BEFORE, ...POLLING, ...CONFIRMS],
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

export const RULES: readonly Rule[] = LINES.map(ruleOf);

const INDEX = new Map<string, Rule>();
for (const entry of RULES) {
  for (const trigger of entry.on) {
    for (const step of entry.steps === '*' ? ['*'] : entry.steps) {
      const key = `${step} ${trigger}`;
      if (!INDEX.has(key)) INDEX.set(key, entry);
    }
  }
}

export function ruleFor(step: Step, trigger: Trigger): Rule | undefined {
  return INDEX.get(`* ${trigger}`) ?? INDEX.get(`${step} ${trigger}`);
}
