import type { Trigger } from '../happening.ts';
import type { Step } from '../update.ts';

export const SCANS: readonly Step[] = ['scan', 'rescan'];
export const FIRST_LISTS: readonly Step[] = ['list', 'list-again'];
export const LISTS: readonly Step[] = [...FIRST_LISTS, 'relist'];
export const ASK_FIRST: readonly Step[] = ['ask-first'];
export const INSTALLS: readonly Step[] = ['install', 'install-fallback'];
export const DOWNLOAD: readonly Step[] = ['download'];
export const POLLING: readonly Step[] = ['download-status', 'status'];
export const CONFIRMS: readonly Step[] = ['download-confirm', 'confirm'];
export const SCHEDULES: readonly Step[] = ['schedule-config', 'download', ...INSTALLS];
export const STEPS_BEFORE: readonly Step[] = [...SCANS, ...LISTS, 'recheck', ...ASK_FIRST, ...SCHEDULES];
export const EVERY: readonly Step[] = [...STEPS_BEFORE, ...POLLING, ...CONFIRMS];
export const ERRORS: readonly Trigger[] = [
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
];
