import type { UpdateState } from '@lamplighter/contracts';
import type { Trigger } from './triggers.ts';
import type { Step } from './update.ts';

/**
 * The step that follows. Three depend on the platform: `schedule` is download (two-step) or install, `follow` is the status
 * poll that fits, `look-again` lists once more later on a Mac (its scan may still run) and rechecks elsewhere. `…:later`
 * waits for the policy's poll time, `…:soon` for a scan to end. `stay` leaves the command outstanding.
 */
export type Next =
  | Exclude<Step, ''>
  | `${'list' | 'relist' | 'download-status' | 'status' | 'rescan' | 'follow'}:later`
  | 'look-again'
  | `${'list' | 'relist'}:soon`
  | 'schedule'
  | 'follow'
  | 'look-again'
  | 'stay'
  | 'end';

export interface Rule {
  steps: readonly Step[] | '*';
  on: readonly Trigger[];
  to: UpdateState | 'same';
  next: Next;
  reason?: string;
  /** In plain words, for the device's timeline. */
  detail: string;
}

const SCANS: readonly Step[] = ['scan', 'rescan'];
const LISTS: readonly Step[] = ['list', 'relist'];
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

const rule = (
  steps: Rule['steps'],
  on: Trigger | readonly Trigger[],
  to: Rule['to'],
  next: Next,
  detail: string,
  reason?: string,
): Rule => ({
  steps,
  on: typeof on === 'string' ? [on] : on,
  to,
  next,
  detail,
  ...(reason === undefined ? {} : { reason }),
});

/** The first rule that fits decides; what fits none changes nothing. */
export const RULES: readonly Rule[] = [
  rule('*', 'at-target', 'installed', 'end', 'The device runs the target version.'),
  rule(
    [...STEPS_BEFORE, ...POLLING, ...CONFIRMS],
    'not-now',
    'same',
    'stay',
    'The device is busy and will ask again.',
    'not-now',
  ),

  // What it offers
  rule(
    ['scan'],
    ['scanned', 'error-no-update', 'error-benign', 'unreadable'],
    'scanning',
    'list:soon',
    'The device looks for updates; its list is asked for when it has had time to.',
  ),
  rule(
    ['rescan'],
    ['scanned', 'error-no-update', 'error-benign', 'unreadable'],
    'scanning',
    'relist:soon',
    'The device looks again; its list is asked for when it has had time to.',
  ),
  rule(SCANS, 'scan-refused', 'failed', 'end', 'The device did not look for updates.', 'scan-failed'),
  rule(LISTS, 'list-target', 'available', 'schedule', 'The device offers the target; it is told to take it.'),
  rule(
    ['list'],
    'list-config-data',
    'available',
    'schedule-config',
    'macOS holds the installer back behind a configuration item; that comes first.',
  ),
  rule(
    ['relist'],
    'list-config-data',
    'scanning',
    'rescan:later',
    'The installer is still held back; the device will look again.',
  ),
  rule(
    ['list'],
    ['list-empty', 'error-no-update', 'error-benign'],
    'same',
    'look-again',
    'The device offers nothing yet.',
  ),
  rule(
    ['relist'],
    ['list-empty', 'error-no-update', 'error-benign'],
    'same',
    'recheck',
    'The device offers nothing; its version is asked for.',
  ),
  rule(LISTS, 'list-other', 'failed', 'end', 'The device does not offer the target version.', 'update-not-offered'),
  rule(LISTS, 'unreadable', 'failed', 'end', 'The list of updates could not be read.', 'unreadable-answer'),
  rule(
    ['recheck'],
    ['below-target', 'no-version', 'unreadable'],
    'failed',
    'end',
    'The device is below the target and does not offer it.',
    'update-not-offered',
  ),
  rule(
    [...SCANS, ...LISTS],
    ['error-downloading', 'error-downloaded'],
    'downloading',
    'follow:later',
    'The device is downloading an update already.',
  ),
  rule(
    [...SCANS, ...LISTS],
    'error-installing',
    'installing',
    'status:later',
    'The device is installing an update already.',
  ),

  // The configuration item of macOS
  rule(
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
  ),

  // Told to download (first step of iOS, iPadOS, tvOS)
  rule(
    DOWNLOAD,
    ['result-accepted', 'error-benign', 'unreadable'],
    'commanded',
    'download-status:later',
    'The device took the command to download.',
  ),
  rule(
    DOWNLOAD,
    ['result-downloading', 'error-downloading'],
    'downloading',
    'download-status:later',
    'The device is downloading.',
  ),
  rule(
    DOWNLOAD,
    'error-downloaded',
    'downloaded',
    'install',
    'The update is downloaded; the device is told to install it.',
  ),
  rule(
    DOWNLOAD,
    'error-unsupported',
    'same',
    'install-fallback',
    'The device does not take this install action; another one is tried once.',
  ),
  rule(
    DOWNLOAD,
    'expired-in-hand',
    'commanded',
    'download-status:later',
    'The device had the command in hand at the stop time; it is asked how far it is.',
    'no-answer',
  ),
  rule(['download-status'], 'status-downloading', 'downloading', 'download-status:later', 'The device is downloading.'),
  rule(
    ['download-status'],
    'status-downloaded',
    'downloaded',
    'install',
    'The update is downloaded; the device is told to install it.',
  ),
  rule(['download-status'], 'status-idle', 'same', 'download-status:later', 'The download has not started yet.'),
  rule(
    ['download-status'],
    ['status-empty', 'unreadable', ...ERRORS],
    'same',
    'download-confirm',
    'Nothing is running on the device; its version is asked for.',
  ),
  rule(
    ['download-confirm'],
    ['below-target', 'no-version', 'unreadable', ...ERRORS],
    'same',
    'download-status:later',
    'The device is below the target; it will be asked again.',
  ),

  // Told to install
  rule(
    INSTALLS,
    ['result-accepted', 'error-benign', 'unreadable'],
    'commanded',
    'status:later',
    'The device took the command to install.',
  ),
  rule(
    INSTALLS,
    ['result-downloading', 'error-downloading'],
    'downloading',
    'status:later',
    'The device is downloading and will install.',
  ),
  rule(INSTALLS, 'error-downloaded', 'downloaded', 'status:later', 'The update is downloaded and will be installed.'),
  rule(
    ['install'],
    'error-unsupported',
    'same',
    'install-fallback',
    'The device does not take this install action; another one is tried once.',
  ),
  rule(
    INSTALLS,
    'error-unsupported',
    'failed',
    'end',
    'The device takes none of the install actions.',
    'unsupported-command',
  ),
  rule(
    INSTALLS,
    'expired-in-hand',
    'commanded',
    'status:later',
    'The device had the command in hand at the stop time; it is asked how far it is.',
    'no-answer',
  ),
  rule(
    [...DOWNLOAD, ...INSTALLS],
    ['result-installing', 'error-installing'],
    'installing',
    'status:later',
    'The device is installing.',
  ),
  rule(
    [...DOWNLOAD, ...INSTALLS],
    'error-no-update',
    'same',
    'recheck',
    'The device no longer offers the update; its version is asked for.',
  ),
  rule(POLLING, 'status-installing', 'installing', 'status:later', 'The device is installing.'),
  rule(['status'], 'status-downloading', 'downloading', 'status:later', 'The device is downloading and will install.'),
  rule(
    ['status'],
    'status-downloaded',
    'downloaded',
    'status:later',
    'The update is downloaded; the device waits for a moment to install it.',
  ),
  rule(['status'], 'status-idle', 'same', 'status:later', 'The device has not begun yet; often it is not on power.'),
  rule(
    ['status'],
    ['status-empty', 'unreadable', ...ERRORS],
    'same',
    'confirm',
    'Nothing is running on the device; its version is asked for.',
  ),
  rule(
    ['confirm'],
    ['below-target', 'no-version', 'unreadable', ...ERRORS],
    'same',
    'status:later',
    'The device is below the target; it will be asked again.',
  ),

  // What ends it
  rule(
    STEPS_BEFORE,
    'error-superseded',
    'superseded',
    'end',
    'An active enforcement brings the update; commands are ignored.',
    'superseded',
  ),
  rule(STEPS_BEFORE, 'error-not-eligible', 'not-eligible', 'end', 'The device does not take update commands.'),
  rule(STEPS_BEFORE, ERRORS, 'failed', 'end', 'The device reported an error; the next window tries again.'),
  rule(
    STEPS_BEFORE,
    ['expired-unseen', 'expired-in-hand'],
    'waiting',
    'end',
    'The window closed first; the next one tries again.',
    'window-closed',
  ),
  rule(
    ['download-status', 'download-confirm'],
    ['expired-unseen', 'expired-in-hand'],
    'failed',
    'end',
    'The device took the update and has been silent since.',
    'silent',
  ),
  rule(
    ['status', 'confirm'],
    ['expired-unseen', 'expired-in-hand'],
    'failed',
    'end',
    'The device was told to install and has been silent since.',
    'silent-after-restart',
  ),
];

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
