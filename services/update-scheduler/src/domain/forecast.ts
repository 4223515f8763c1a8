import type { ForecastWindow, PolicyForecast, PolicySpec } from '@lamplighter/contracts';
import { type NextOccurrence, nextOccurrence } from './next-window.ts';
import { paceOf } from './pace.ts';
import type { KeyedWindow } from './window.ts';

const MINUTE_MS = 60_000;

export interface ForecastTerms {
  spec: PolicySpec;
  windows: readonly KeyedWindow[];
  /** Of the whole installation. */
  mostPerMinute: number;
  now: Date;
}

/** Devices of one zone (null: none that they reported) for which a plan would say the same. `reason` null: they take part. */
export interface CountedDevices {
  zone: string | null;
  reason: string | null;
  devices: number;
}

/** What the next opening in each zone would do. */
export function forecastOf(
  terms: ForecastTerms,
  counted: readonly CountedDevices[],
): Omit<PolicyForecast, 'policyId' | 'policyName' | 'heldBy' | 'now'> {
  const openings = openingsOf(
    terms,
    counted.filter((one) => one.reason === null),
  );
  const windows = openings.map((opening) => windowOf(opening, openings, terms));
  const skipped = Map.groupBy(
    counted.filter((one) => one.reason !== null),
    (one) => one.reason!,
  );
  const last = windows.map((one) => one.sentBy).toSorted();
  return {
    devices: sum(openings),
    skipped: [...skipped]
      .map(([reason, some]) => ({ reason, devices: sum(some) }))
      .toSorted((a, b) => b.devices - a.devices),
    windows,
    sentBy: last.at(-1) ?? null,
    fits: windows.every((one) => one.fits),
    warnings: warningsOf(terms, windows, counted),
  };
}

type Opening = NextOccurrence & { devices: number };

/** Zones that share an opening (a window in a fixed zone) are one. */
function openingsOf({ spec, windows, now }: ForecastTerms, counted: readonly CountedDevices[]): Opening[] {
  const found = counted.flatMap(({ zone, devices }) => {
    const next = nextOccurrence(windows, spec, zone ?? undefined, now);
    return next === undefined ? [] : [{ ...next, devices }];
  });
  const same = Map.groupBy(found, ({ window, zone, localDate }) => `${window} ${zone} ${localDate}`);
  return [...same.values()]
    .map((some) => ({ ...some[0]!, devices: sum(some) }))
    .toSorted((a, b) => a.opensAt.getTime() - b.opensAt.getTime() || (a.zone < b.zone ? -1 : 1));
}

function windowOf(
  opening: Opening,
  all: readonly Opening[],
  { spec, mostPerMinute, now }: ForecastTerms,
): ForecastWindow {
  const { window, zone, localDate, opensAt, stopsAt, isOpen, devices } = opening;
  const from = Math.max(opensAt.getTime(), now.getTime());
  const { waveSize, waveEveryMs } = paceOf(spec, devices, stopsAt.getTime() - from);
  const wanted = (waveSize / waveEveryMs) * MINUTE_MS;
  // Those that open at the same time share what the installation sends.
  const together = sum(all.filter((one) => one.opensAt.getTime() === opensAt.getTime()));
  const perMinute = Math.min(wanted, (mostPerMinute * devices) / Math.max(together, 1));
  const sentByMs = from + (devices / perMinute) * MINUTE_MS;
  const minutesLeft = (stopsAt.getTime() - from) / MINUTE_MS;
  const leftOver = Math.max(0, devices - Math.floor(perMinute * minutesLeft));
  return {
    window,
    zone,
    localDate,
    isOpen,
    devices,
    opensAt: opensAt.toISOString(),
    stopsAt: stopsAt.toISOString(),
    perMinute: Math.round(perMinute * 10) / 10,
    sentBy: new Date(Math.round(sentByMs)).toISOString(),
    fits: leftOver === 0,
    leftOver,
  };
}

function warningsOf(
  { spec, mostPerMinute }: ForecastTerms,
  windows: readonly ForecastWindow[],
  counted: readonly CountedDevices[],
): string[] {
  const short = windows.filter((one) => !one.fits);
  const left = short.reduce((all, one) => all + one.leftOver, 0);
  const zones = short.slice(0, 3).map((one) => one.zone);
  const eligible = sum(counted.filter((one) => one.reason === null));
  return [
    left === 0
      ? undefined
      : `${left} devices do not fit (${zones.join(', ')}${short.length > 3 ? ' and other zones' : ''}) and are left for the window after: make it longer, or raise pace.devicesPerMinute (${spec.pace.devicesPerMinute}; this installation sends ${mostPerMinute} at most)`,
    windows.length > 0 || eligible === 0
      ? undefined
      : `no window opens within a year for ${eligible} devices: look at the windows and blackouts of the policy`,
    counted.length > 0 ? undefined : 'the policy takes in no device: look at its platforms and groups',
  ].filter((warning) => warning !== undefined);
}

function sum(some: readonly { devices: number }[]): number {
  return some.reduce((all, { devices }) => all + devices, 0);
}
