import {
  derivedUuid,
  type EnforcementSpec,
  type NewDeclaration,
  ownWindows,
  type PolicySpec,
  type Weekday,
  type WindowSpec,
} from '@lamplighter/contracts';
import { Temporal } from 'temporal-polyfill';
import { EMERGENCY, occurrenceOn } from './window.ts';

/**
 * What gives a device its enforcement: one cause for all policies, so that a device has one at a time and a newer one takes
 * the place of the older.
 */
export const ENFORCEMENT_CAUSE = 'software-update';

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** A window opens at least once in a year, or never. */
const MOST_DAYS = 366;

/** A night as far as an enforcement needs it. */
export interface EnforcedNight {
  window: WindowSpec;
  /** Local dates on which no window opens, both ends included. */
  blackouts: readonly { from: string; to: string }[];
  /** The day of the occurrence in which devices are told. */
  localDate: string;
  announceDays: number;
}

/**
 * When devices install by themselves, in their own time: `YYYY-MM-DDThh:mm:ss` without an offset, as Apple's
 * TargetLocalDateTime wants it. The start of the window of the first night that is `announceDays` or more after this one;
 * this night's, in the middle of its time to send, where no days are given or no later night comes within a year.
 */
export function targetLocalDateTime({ window, blackouts, localDate, announceDays }: EnforcedNight): string {
  const start = (date: Temporal.PlainDate) => date.toPlainDateTime(window.start);
  const tonight = Temporal.PlainDate.from(localDate);
  if (announceDays > 0) {
    for (let days = announceDays; days <= announceDays + MOST_DAYS; days += 1) {
      const date = tonight.add({ days });
      const isOpen = window.days.includes(WEEKDAYS[date.dayOfWeek - 1]!);
      const text = date.toString();
      if (isOpen && !blackouts.some(({ from, to }) => from <= text && text <= to)) return written(start(date));
    }
  }
  const sending = window.lengthMinutes - window.stopBeforeMinutes;
  return written(start(tonight).add({ minutes: Math.floor(sending / 2) }));
}

/** The same for an update that does not wait for a window: now, in the zone that stands for the device's. */
export function localDateTimeOf(now: Date, zone: string): string {
  return written(Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDateTime());
}

/** An occurrence as far as the time of its enforcements depends on it. */
export interface AnnouncedNight {
  /** Of the rollout, its windows written out. */
  spec: PolicySpec;
  /** The key of the window. */
  window: string;
  /** Of the occurrence: `*` for a window in a fixed zone. */
  zone: string;
  localDate: string;
  opensAt: Date;
  stopsAt: Date;
}

/** Where a day ends last: a time that is over there is over for every device. */
const LAST_ZONE = 'Etc/GMT+12';

/**
 * When a device that is told at `now` in this occurrence installs, in its own time; and the instant at which that is over, not
 * before sending stops.
 *
 * A window in a fixed zone opens at one instant for all devices: where the zone of the device is known, the time is that instant
 * there. `deviceZone`: null where it is not known; it then counts as that of the window.
 */
export function enforcementTime(
  night: AnnouncedNight,
  deviceZone: string | null,
  now: Date,
): { local: string; dueAt: Date } {
  if (night.window === EMERGENCY.key) {
    const local = localDateTimeOf(now, deviceZone ?? 'UTC');
    return { local, dueAt: instantOf(local, deviceZone ?? LAST_ZONE) };
  }
  const { spec, zone, localDate, stopsAt } = night;
  const window = windowOf(night);
  const isFixed = zone === '*';
  const { announceDays } = spec.enforcement;
  const blackouts = [...spec.blackouts, ...(window.blackouts ?? [])];
  const local = targetLocalDateTime({ window, blackouts, localDate, announceDays });
  if (!isFixed) return { local, dueAt: later(instantOf(local, zone), stopsAt) };
  if (deviceZone === null) return { local, dueAt: later(instantOf(local, LAST_ZONE), stopsAt) };
  const instant = instantOf(local, window.zone);
  return { local: localDateTimeOf(instant, deviceZone), dueAt: later(instant, stopsAt) };
}

/** The same for what follows an update of this night: nothing is announced once more, the device goes on. `deviceZone` as above. */
export function followUpTime(
  { zone, stopsAt }: Pick<AnnouncedNight, 'zone' | 'stopsAt'>,
  deviceZone: string | null,
  now: Date,
): { local: string; dueAt: Date } {
  const own = zone === '*' ? deviceZone : zone;
  const local = localDateTimeOf(now, own ?? 'UTC');
  return { local, dueAt: later(instantOf(local, own ?? LAST_ZONE), stopsAt) };
}

function windowOf({ spec, zone, localDate, opensAt }: AnnouncedNight): WindowSpec {
  const opens = (one: WindowSpec) => occurrenceOn(one, zone === '*' ? one.zone : zone, localDate)?.opensAt.getTime();
  const windows = ownWindows(spec);
  return windows.find((one) => opens(one) === opensAt.getTime()) ?? windows[0]!;
}

const later = (one: Date, other: Date): Date => (one > other ? one : other);

/** The instant at which it is that time in the zone; of two the later, so that nobody is called late too early. */
export function instantOf(local: string, zone: string): Date {
  return new Date(
    Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds,
  );
}

export interface Enforced {
  version: string;
  /** Empty: any build of the version, and the security improvements that come with it. */
  build: string;
  targetLocalDateTime: string;
  detailsUrl?: EnforcementSpec['detailsUrl'];
}

/** The configuration that enforces, and the activation that makes it hold. Equal content has equal identifiers: devices share it. */
export function enforcementDeclarations({
  version,
  build,
  targetLocalDateTime,
  detailsUrl,
}: Enforced): NewDeclaration[] {
  const payload = {
    TargetOSVersion: version,
    ...(build === '' ? {} : { TargetBuildVersion: build }),
    TargetLocalDateTime: targetLocalDateTime,
    ...(detailsUrl === undefined ? {} : { DetailsURL: detailsUrl }),
  };
  const identifier = enforcementIdentifier(payload);
  return [
    { identifier, type: 'com.apple.configuration.softwareupdate.enforcement.specific', payload },
    {
      identifier: `${identifier}.activation`,
      type: 'com.apple.activation.simple',
      payload: { StandardConfigurations: [identifier] },
    },
  ];
}

function enforcementIdentifier(payload: object): string {
  return `io.lamplighter.update.${derivedUuid('enforcement', JSON.stringify(payload))}`;
}

function written(local: Temporal.PlainDateTime): string {
  return local.toString({ smallestUnit: 'second' });
}
