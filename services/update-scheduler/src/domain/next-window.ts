import { type BlackoutSpec, isTimeZone, type PolicySpec } from '@lamplighter/contracts';
import { Temporal } from 'temporal-polyfill';
import { EMERGENCY, type KeyedWindow, type Occurrence, occurrenceOn } from './window.ts';

export interface NextOccurrence extends Occurrence {
  window: string;
  zone: string;
  isOpen: boolean;
  /** The first blackout that kept an earlier occurrence of this window shut. */
  blackout?: BlackoutSpec;
}

const DAYS = 370;

/**
 * Of all windows of a policy the occurrence that still sends, or else the next one, for a device of this zone (undefined: not known).
 * Undefined where there is none within a year.
 */
export function nextOccurrence(
  windows: readonly KeyedWindow[],
  spec: Pick<PolicySpec, 'blackouts' | 'emergency'>,
  deviceZone: string | undefined,
  now: Date,
): NextOccurrence | undefined {
  const all = spec.emergency ? [EMERGENCY] : windows;
  const blackouts = spec.emergency ? [] : spec.blackouts;
  const next = all.flatMap((window) => nextOf(window, blackouts, deviceZone, now) ?? []);
  return next.toSorted((one, other) => one.opensAt.getTime() - other.opensAt.getTime())[0];
}

function nextOf(
  { key, spec }: KeyedWindow,
  blackouts: readonly BlackoutSpec[],
  deviceZone: string | undefined,
  now: Date,
): NextOccurrence | undefined {
  const known = deviceZone !== undefined && isTimeZone(deviceZone) ? deviceZone : spec.defaultZone;
  const zone = spec.zone === 'device' ? known : spec.zone;
  const shut = [...blackouts, ...(spec.blackouts ?? [])];
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate();
  let blackout: BlackoutSpec | undefined;
  // From the day before yesterday: a window of a whole day may still be open.
  for (let days = -2; days <= DAYS; days++) {
    const occurrence = occurrenceOn(spec, zone, today.add({ days }).toString());
    if (!occurrence || occurrence.stopsAt <= now) continue;
    const by = shut.find(({ from, to }) => from <= occurrence.localDate && occurrence.localDate <= to);
    if (by === undefined) {
      const isOpen = occurrence.opensAt <= now;
      return { ...occurrence, window: key, zone, isOpen, ...(blackout === undefined ? {} : { blackout }) };
    }
    blackout ??= by;
  }
  return undefined;
}
