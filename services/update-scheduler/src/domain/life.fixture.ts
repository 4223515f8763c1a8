import type { Happening } from './happening.ts';
import { advance, type Advanced } from './advance.ts';
import type { Terms, Update } from './update.ts';

export const NOW = new Date('2026-01-15T02:00:00Z');
export const STOPS = new Date('2026-01-15T05:00:00Z');
export const minutesAfter = (minutes: number, from = NOW): Date => new Date(from.getTime() + minutes * 60_000);

export const terms = (given: Partial<Terms> = {}): Terms => ({
  now: NOW,
  installAction: 'InstallASAP',
  deadlineAt: null,
  pollMinutes: 10,
  stallMinutes: 90,
  resendAfterHours: 24,
  confirmHours: 6,
  aborted: false,
  held: null,
  ...given,
});

export const update = (given: Partial<Update> = {}): Update => ({
  state: 'scanning',
  reason: null,
  step: 'list',
  platform: 'iOS',
  fromVersion: '18.1',
  targetVersion: '18.7.8',
  targetBuild: '22H352',
  productKey: null,
  commandId: 'c1',
  commandSeq: 1,
  installSeq: 0,
  version: 1,
  stopsAt: STOPS,
  commandedAt: null,
  progress: null,
  progressedAt: null,
  resends: 0,
  ...given,
});

/** A Mac that tells of its user's choice, on its way to a minor update. */
export const mac = (given: Partial<Update> = {}): Update =>
  update({ platform: 'macOS', fromVersion: '15.1', targetVersion: '15.7.9', targetBuild: '24G830', ...given });

export const follow = (given: Update, happening: Happening, with_: Partial<Terms> = {}): Advanced | undefined =>
  advance(given, happening, terms(with_));
