import type { Device, Scheduled } from './device/device.ts';
import { advance } from './device/os-update.ts';
import type { Fleet } from './fleet.ts';
import { compareOsVersions } from '@lamplighter/apple';

export interface SummaryQuery {
  /** Epoch ms on the fleet's clock: what was asked for later counts as `afterStop`. */
  readonly stopAt?: number;
  /** Epoch ms: when the window opened. A device that went away before and stayed away until the stop was not reachable. */
  readonly from?: number;
  /** A device that came back less than this before the stop need not have been commanded; default 15 minutes. */
  readonly slackMs?: number;
  /** Also list the reachable and the targeted devices. */
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

const bump = (counts: Record<string, number>, key: string): void => {
  counts[key] = (counts[key] ?? 0) + 1;
};

function groupOf(groups: Record<string, Group>, key: string): Group {
  return (groups[key] ??= { devices: 0, targeted: 0, commanded: 0, updated: 0 });
}

function count(groups: Record<string, Group>, key: string, facts: { targeted: boolean; device: Device }): void {
  const group = groupOf(groups, key);
  group.devices += 1;
  group.targeted += facts.targeted ? 1 : 0;
  group.commanded += facts.device.scheduled.length > 0 ? 1 : 0;
  group.updated += isUpdated(facts.device) ? 1 : 0;
}

const asked = ({ askedAt }: Scheduled, stopAt: number): boolean => askedAt > stopAt;

/** Counts and checks of the whole fleet. One pass over all devices. */
export function summarize(fleet: Fleet, query: SummaryQuery = {}) {
  const states: Record<string, number> = {};
  const platforms: Record<string, Group> = {};
  const behaviours: Record<string, Group> = {};
  const outcomes: Record<string, number> = {};
  const lists = {
    reachable: [] as string[],
    targeted: [] as string[],
    missed: [] as string[],
    twice: [] as string[],
    afterStop: [] as string[],
  };
  const totals = { targeted: 0, reachable: 0, commanded: 0, updated: 0 };
  for (const device of fleet.devices) {
    advance(device, fleet.world);
    const targeted = isTargeted(fleet, device);
    const reachable = isReachable(device, query);
    const commanded = device.scheduled.length > 0;
    bump(states, stateOf(device));
    count(platforms, device.model.platform, { targeted, device });
    count(behaviours, device.behaviour, { targeted, device });
    for (const { outcome } of device.scheduled) bump(outcomes, outcome);
    totals.targeted += targeted ? 1 : 0;
    totals.reachable += reachable ? 1 : 0;
    totals.commanded += commanded ? 1 : 0;
    totals.updated += isUpdated(device) ? 1 : 0;
    if (reachable) lists.reachable.push(device.udid);
    if (targeted) lists.targeted.push(device.udid);
    if (reachable && targeted && !commanded) lists.missed.push(device.udid);
    if (twice(device)) lists.twice.push(device.udid);
    const { stopAt } = query;
    if (stopAt !== undefined && device.scheduled.some((one) => asked(one, stopAt))) lists.afterStop.push(device.udid);
  }
  const { reachable, targeted, ...violations } = lists;
  return {
    now: fleet.world.now(),
    devices: fleet.devices.length,
    states,
    platforms,
    behaviours,
    /** Device counts: `targeted` had an update to get, `commanded` received at least one ScheduleOSUpdate. */
    totals,
    /** ScheduleOSUpdate commands received, by outcome. */
    scheduled: outcomes,
    /** Device ids. `missed`: reachable and targeted, never commanded. `twice`: told to do a step again. */
    violations,
    ...(query.ids ? { ids: { reachable, targeted } } : {}),
    sessions: { ...fleet.sessions.counts },
    fleet: { ...fleet.counts },
    apns: { ...fleet.apns.counts, ...fleet.apns.store.counts, waiting: fleet.apns.store.waiting },
    rssBytes: process.memoryUsage.rss(),
  };
}

export type Summary = ReturnType<typeof summarize>;
