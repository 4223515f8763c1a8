import type { DeviceSummary, HandOvers } from '@lamplighter/contracts';

import type { RolloutDeviceItem } from '../api/calls.ts';
import type { FleetRecord } from './fleet-process.ts';

/** One thing that must hold, and the devices for which it did not. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** Ids of failing devices; empty where it is not about single devices. */
  readonly devices: readonly string[];
}

export interface NotCommanded {
  readonly why: string;
  readonly devices: number;
  /** Up to five of them. */
  readonly examples: readonly string[];
}

/** Judges by what the simulated devices recorded themselves; the product's own count is checked beside it. */
export function checksOf(record: FleetRecord, handOvers: HandOvers): Check[] {
  const { missed, twice, afterStop } = record.violations;
  const { unauthorized } = record.sessions;
  return [
    check('every reachable device that should have been commanded was', missed),
    check('no device was commanded after the stop time', afterStop),
    check('no device was told to do the same step twice', twice),
    { name: 'no device got HTTP 401', ok: unauthorized === 0, devices: [] },
    { name: 'the product itself saw no hand-over after the stop time', ok: handOvers.afterStop === 0, devices: [] },
    { name: 'devices were updated', ok: record.totals.targeted === 0 || record.totals.updated > 0, devices: [] },
  ];
}

function check(name: string, devices: readonly string[]): Check {
  return { name, ok: devices.length === 0, devices };
}

export interface Sources {
  /** Every device that the product knows. */
  readonly known: readonly Pick<DeviceSummary, 'deviceId' | 'osVersion'>[];
  readonly updates: readonly Pick<RolloutDeviceItem, 'deviceId' | 'state' | 'reason'>[];
  /** By the devices' own record. */
  readonly commanded: ReadonlySet<string>;
}

/** Why devices were not commanded, as the product explains it; most frequent first. */
export function notCommanded({ known, updates, commanded }: Sources): NotCommanded[] {
  const byDevice = new Map(updates.map((update) => [update.deviceId, update]));
  const without = known.filter(({ deviceId }) => !commanded.has(deviceId));
  const groups = Map.groupBy(without, ({ deviceId, osVersion }) => {
    const update = byDevice.get(deviceId);
    if (update === undefined) return osVersion === null ? 'has not reported what it is' : 'not planned';
    if (update.state === 'installed') return 'runs the target version already';
    return [update.state, update.reason].filter((word) => word !== null).join(': ');
  });
  return [...groups]
    .map(([why, devices]) => ({
      why,
      devices: devices.length,
      examples: devices.slice(0, 5).map(({ deviceId }) => deviceId),
    }))
    .sort((a, b) => b.devices - a.devices);
}
