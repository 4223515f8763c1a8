import { type BlackoutSpec, type DeadlineSpec, type Weekday, WindowSpec } from '@lamplighter/contracts';
import { Temporal } from 'temporal-polyfill';

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const DAY_MS = 86_400_000;

/** One night of a window in one zone. `stopsAt` is never before `opensAt`. */
export interface Occurrence {
  /** The day of the start in the zone's own calendar, `YYYY-MM-DD`. */
  localDate: string;
  opensAt: Date;
  /** Nothing is handed over from here on. */
  stopsAt: Date;
  closesAt: Date;
}

/** Which of a policy's windows: its name, or `#` and its place in the policy. What is open twice a night is told apart by it. */
export interface KeyedWindow {
  key: string;
  spec: WindowSpec;
}

/** An emergency has no window: one that is always open takes their place, so that all else is as ever. */
export const EMERGENCY: KeyedWindow = {
  key: 'emergency',
  spec: WindowSpec.parse({ start: '00:00', lengthMinutes: 24 * 60, stopBeforeMinutes: 0, zone: 'UTC' }),
};

/**
 * Whether a window may not open on this date of its zone. Blackouts are the policy's and the window's own, both ends
 * included.
 */
export function isBlackedOut(blackouts: readonly BlackoutSpec[], localDate: string): boolean {
  return blackouts.some(({ from, to }) => from <= localDate && localDate <= to);
}

/**
 * The instant from which an update is installed whatever the user chose, where the policy's deadline is a day: the start of the window
 * on that day, also when the window leaves the day out. Undefined where it has none, or where each release has its own.
 */
export function deadlineDay(deadline: DeadlineSpec | undefined, window: WindowSpec, zone: string): Date | undefined {
  if (deadline === undefined || !('date' in deadline)) return undefined;
  return occurrenceOn({ ...window, days: [...WEEKDAYS] }, zone, deadline.date)?.opensAt;
}

/**
 * The occurrence that is open at `now` (`opensAt ≤ now < closesAt`), or undefined. Where two overlap, which a clock
 * change can do to windows of a whole day, the later one.
 */
export function currentOccurrence(spec: WindowSpec, zone: string, now: Date): Occurrence | undefined {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate();
  // Tomorrow too: where a whole day is skipped its window opens at the first instant of the next one, and so on.
  for (const days of [1, 0, -1, -2]) {
    const occurrence = occurrenceOn(spec, zone, today.add({ days }).toString());
    if (occurrence && occurrence.opensAt <= now && now < occurrence.closesAt) return occurrence;
  }
  return undefined;
}

/** The first instant after `now` at which an occurrence opens or closes; a day later where that is farther away. */
export function nextChange(spec: WindowSpec, zone: string, now: Date): Date {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate();
  let next = now.getTime() + DAY_MS;
  for (let days = -2; days <= 2; days += 1) {
    const occurrence = occurrenceOn(spec, zone, today.add({ days }).toString());
    if (!occurrence) continue;
    for (const at of [occurrence.opensAt.getTime(), occurrence.closesAt.getTime()])
      if (at > now.getTime() && at < next) next = at;
  }
  return new Date(next);
}

/** The occurrence that starts on this local date; undefined on days that the window leaves out. */
export function occurrenceOn(spec: WindowSpec, zone: string, localDate: string): Occurrence | undefined {
  const date = Temporal.PlainDate.from(localDate);
  const weekday = WEEKDAYS[date.dayOfWeek - 1]!;
  if (!spec.days.includes(weekday)) return undefined;
  const opens = firstValidInstant(date.toPlainDateTime(spec.start), zone);
  const minutes = (count: number) => new Date(opens + count * 60_000);
  return {
    localDate,
    opensAt: minutes(0),
    stopsAt: minutes(spec.lengthMinutes - spec.stopBeforeMinutes),
    closesAt: minutes(spec.lengthMinutes),
  };
}

/** A local time that occurs twice: the first. One that is skipped: the end of the gap. */
function firstValidInstant(local: Temporal.PlainDateTime, zone: string): number {
  const earlier = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(local)) return earlier.epochMilliseconds;
  return earlier.getTimeZoneTransition('next')!.epochMilliseconds;
}
