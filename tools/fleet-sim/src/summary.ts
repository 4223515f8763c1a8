import type { Device } from './device/device.ts';
import { advance } from './device/advance.ts';
import type { Fleet } from './fleet.ts';
import { compareOsVersions } from '@lamplighter/apple';

export interface SummaryQuery {
  /** Epoch ms on the fleet's clock: what was asked for later counts as `afterStop`. */
  readonly stopAt?: number;
  /** Epoch ms: when the window opened. A device that went away before and stayed away until the stop was not reachable. */
  readonly from?: number;
  /** A device that came back less than this before the stop need not have been commanded; default 15 minutes. */
  readonly slackMs?: number;
  /** Also list the reachable, the targeted and the commanded devices. */
  readonly ids?: boolean;
}

interface Group {
  devices: number;
  targeted: number;
  commanded: number;
  updated: number;
}

const SLACK_MS = 15 * 60_000;

const isTargeted = (fleet: Fleet, device: Device): boolean => {
  const newest = fleet.world.catalog.newest(device.model);
  return newest !== undefined && compareOsVersions(newest.version, device.initialVersion) > 0;
};
const isUpdated = (device: Device): boolean => device.installedAt > 0;

function isReachable(device: Device, query: SummaryQuery): boolean {
  if (device.phase !== 'enrolled') return false;
  const deadline = query.stopAt === undefined ? -Infinity : query.stopAt - (query.slackMs ?? SLACK_MS);
  const opened = query.from === undefined ? Infinity : query.from + (query.slackMs ?? SLACK_MS);
  const wentAwayLater = device.offlineFrom === Infinity || device.offlineFrom > opened;
  return wentAwayLater || device.offlineUntil < deadline;
}

/** What a device does now, in one word. */
export function stateOf(device: Device): string {
  if (device.phase !== 'enrolled') return device.phase;
  return device.update?.state ?? (isUpdated(device) ? 'updated' : 'idle');
}

/** Steps that a device was told to do although it did them already. */
function twice(device: Device): boolean {
  const seen = new Set<string>();
  return device.scheduled.some(({ outcome, productKey }) => {
    if (outcome === 'again') return true;
    if (outcome !== 'download' && outcome !== 'install') return false;
    const step = `${productKey} ${outcome}`;
    return seen.has(step) || !seen.add(step);
  });
}

/** What is counted of a device. */
interface Facts {
  /** Had an update to get. */
  readonly targeted: boolean;
  readonly reachable: boolean;
  /** Received at least one ScheduleOSUpdate, or was made to update by a declaration. */
  readonly commanded: boolean;
  readonly updated: boolean;
}

const factsOf = (fleet: Fleet, device: Device, query: SummaryQuery): Facts => ({
  targeted: isTargeted(fleet, device),
  reachable: isReachable(device, query),
  commanded: device.scheduled.length > 0 || device.enforced > 0,
  updated: isUpdated(device),
});

const FACTS = ['targeted', 'reachable', 'commanded', 'updated'] as const;

/** Adds 1 to each of these counts whose fact holds. */
function add(counts: Partial<Record<keyof Facts, number>>, facts: Facts): void {
  for (const fact of FACTS) {
    const before = counts[fact];
    if (before !== undefined && facts[fact]) counts[fact] = before + 1;
  }
}

const bump = (counts: Record<string, number>, key: string): void => {
  counts[key] = (counts[key] ?? 0) + 1;
};

function count(groups: Record<string, Group>, key: string, facts: Facts): void {
  const group = (groups[key] ??= { devices: 0, targeted: 0, commanded: 0, updated: 0 });
  group.devices += 1;
  add(group, facts);
}

interface Lists {
  reachable: string[];
  targeted: string[];
  commanded: string[];
  missed: string[];
  twice: string[];
  afterStop: string[];
}

const askedAfter = (device: Device, stopAt = Infinity): boolean =>
  device.scheduled.some(({ askedAt }) => askedAt > stopAt);

function list(lists: Lists, device: Device, facts: Facts, query: SummaryQuery): void {
  if (facts.reachable) lists.reachable.push(device.udid);
  if (facts.targeted) lists.targeted.push(device.udid);
  if (facts.commanded) lists.commanded.push(device.udid);
  if (facts.reachable && facts.targeted && !facts.commanded) lists.missed.push(device.udid);
  if (twice(device)) lists.twice.push(device.udid);
  if (askedAfter(device, query.stopAt)) lists.afterStop.push(device.udid);
}

/** Counts and checks of the whole fleet. One pass over all devices. */
export function summarize(fleet: Fleet, query: SummaryQuery = {}) {
  const states: Record<string, number> = {};
  const platforms: Record<string, Group> = {};
  const behaviours: Record<string, Group> = {};
  const outcomes: Record<string, number> = {};
  const lists: Lists = { reachable: [], targeted: [], commanded: [], missed: [], twice: [], afterStop: [] };
  let enforced = 0;
  const totals = { targeted: 0, reachable: 0, commanded: 0, updated: 0 };
  for (const device of fleet.devices) {
    advance(device, fleet.world);
    const facts = factsOf(fleet, device, query);
    bump(states, stateOf(device));
    count(platforms, device.model.platform, facts);
    count(behaviours, device.behaviour, facts);
    for (const { outcome } of device.scheduled) bump(outcomes, outcome);
    if (device.enforced > 0) enforced += 1;
    add(totals, facts);
    list(lists, device, facts, query);
  }
  const { reachable, targeted, commanded, ...violations } = lists;
  return {
    now: fleet.world.now(),
    devices: fleet.devices.length,
    states,
    platforms,
    behaviours,
    /** Device counts. */
    totals,
    /** ScheduleOSUpdate commands received, by outcome. */
    scheduled: outcomes,
    /** Devices that were made to update by a declaration. */
    enforced,
    /** Device ids. `missed`: reachable and targeted, never commanded. `twice`: told to do a step again. */
    violations,
    ...(query.ids ? { ids: { reachable, targeted, commanded } } : {}),
    sessions: { ...fleet.sessions.counts },
    fleet: { ...fleet.counts },
    apns: { ...fleet.apns.counts, ...fleet.apns.store.counts, waiting: fleet.apns.store.waiting },
    rssBytes: process.memoryUsage.rss(),
  };
}

export type Summary = ReturnType<typeof summarize>;
