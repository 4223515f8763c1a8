import { type Weekday, WindowSpec } from '@lamplighter/contracts';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { currentOccurrence, deadlineDay, isBlackedOut, occurrenceOn } from './window.ts';

const spec = (input: Partial<WindowSpec>) => WindowSpec.parse(input);
const ZONES = [
  'UTC',
  'Europe/Zurich',
  'America/New_York',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Asia/Tehran',
  'America/Santiago',
  'Africa/Cairo',
  'Asia/Beirut',
  'America/Havana',
  'Antarctica/Troll',
];

describe('a window', () => {
  it('opens at its local start and stops sending before it closes', () => {
    const occurrence = occurrenceOn(
      spec({ start: '02:00', lengthMinutes: 240, stopBeforeMinutes: 30 }),
      'Europe/Zurich',
      '2026-01-15',
    );
    expect(occurrence).toEqual({
      localDate: '2026-01-15',
      opensAt: new Date('2026-01-15T01:00:00Z'),
      stopsAt: new Date('2026-01-15T04:30:00Z'),
      closesAt: new Date('2026-01-15T05:00:00Z'),
    });
  });

  it('opens at the end of the gap where a clock change skips its start', () => {
    expect(occurrenceOn(spec({ start: '02:30' }), 'Europe/Zurich', '2026-03-29')?.opensAt).toEqual(
      new Date('2026-03-29T01:00:00Z'),
    );
    expect(occurrenceOn(spec({ start: '02:15' }), 'Australia/Lord_Howe', '2026-10-04')?.opensAt).toEqual(
      new Date('2026-10-03T15:30:00Z'),
    );
  });

  it('opens once, the first time, where a clock change repeats its start', () => {
    const window = spec({ start: '02:30', lengthMinutes: 30, stopBeforeMinutes: 5 });
    expect(occurrenceOn(window, 'Europe/Zurich', '2026-10-25')?.opensAt).toEqual(new Date('2026-10-25T00:30:00Z'));
    expect(currentOccurrence(window, 'Europe/Zurich', new Date('2026-10-25T01:35:00Z'))).toBeUndefined();
  });

  it('opens at the first instant of the next day where its whole day is skipped', () => {
    expect(occurrenceOn(spec({ start: '02:00' }), 'Pacific/Apia', '2011-12-30')?.opensAt).toEqual(
      new Date('2011-12-30T10:00:00Z'),
    );
  });

  it('belongs to the day of its start when it runs past midnight', () => {
    const window = spec({ days: ['fri'], start: '23:00', lengthMinutes: 180 });
    expect(currentOccurrence(window, 'UTC', new Date('2026-01-17T01:00:00Z'))?.localDate).toBe('2026-01-16');
    expect(currentOccurrence(window, 'UTC', new Date('2026-01-16T01:00:00Z'))).toBeUndefined();
  });

  it('is not open before its start or from its close on', () => {
    const window = spec({ start: '02:00', lengthMinutes: 60 });
    expect(currentOccurrence(window, 'UTC', new Date('2026-01-17T01:59:59.999Z'))).toBeUndefined();
    expect(currentOccurrence(window, 'UTC', new Date('2026-01-17T02:00:00Z'))?.localDate).toBe('2026-01-17');
    expect(currentOccurrence(window, 'UTC', new Date('2026-01-17T03:00:00Z'))).toBeUndefined();
  });
});

const anyWindow = fc.record({
  days: fc.subarray<Weekday>(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], { minLength: 1 }),
  start: fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`),
  lengthMinutes: fc.integer({ min: 31, max: 1440 }),
});
const TEN_YEARS = { min: Date.parse('2020-01-01'), max: Date.parse('2030-01-01') };

/** Each zone's name that this runtime knows. */
const ALL_ZONES = Intl.supportedValuesOf('timeZone');
/** Every change of every zone instead of a sample: `LAMP_WINDOWS_EXHAUSTIVE=1`, some minutes. */
const isExhaustive = process.env['LAMP_WINDOWS_EXHAUSTIVE'] !== undefined;
const CHANGES_EACH = isExhaustive ? Number.POSITIVE_INFINITY : 1;
const FROM = Temporal.Instant.from('2020-01-01T00:00Z');
const TO = Temporal.Instant.from('2030-01-01T00:00Z');

/** The instants within ten years at which a zone changes its offset; of a sample some, chosen by the zone's name. */
function changesOf(zone: string): Temporal.ZonedDateTime[] {
  const all: Temporal.ZonedDateTime[] = [];
  let next = FROM.toZonedDateTimeISO(zone).getTimeZoneTransition('next');
  while (next && Temporal.Instant.compare(next.toInstant(), TO) < 0) {
    all.push(next);
    next = next.getTimeZoneTransition('next');
  }
  const step = Math.max(1, Math.floor(all.length / CHANGES_EACH));
  const first = zone.length % step;
  return all.filter((_, index) => index % step === first);
}

/** Local starts around a change: before, in, at the ends of, and after what is skipped or repeated. */
const STARTS = ['00:00', '00:30', '01:00', '01:59', '02:00', '02:30', '03:00', '23:30'];

describe('windows around the clock changes of every zone', () => {
  const nights = ALL_ZONES.flatMap((zone) =>
    changesOf(zone).flatMap((change) => {
      const before = change.subtract({ nanoseconds: 1 });
      // The wall-clock times just before and at the change, besides the usual ones.
      const own = [before, change].map((at) => at.toPlainTime().toString().slice(0, 5));
      return [...new Set([...own, ...(isExhaustive ? STARTS : [STARTS[zone.length % STARTS.length]!])])].map(
        (start) => ({
          zone,
          start,
          date: before.toPlainDate(),
        }),
      );
    }),
  );

  it('are looked at in every zone that changes its clock', () => {
    expect(ALL_ZONES.length).toBeGreaterThan(400);
    expect(new Set(nights.map((night) => night.zone)).size).toBeGreaterThan(150);
  });

  it('open once a night, in order, never before their local start, and stop in time', () => {
    for (const { zone, start, date } of nights) {
      const window = spec({ start, lengthMinutes: 120, stopBeforeMinutes: 30 });
      let last = Number.NEGATIVE_INFINITY;
      for (const days of [-1, 0, 1, 2]) {
        const localDate = date.add({ days }).toString();
        const { opensAt, stopsAt, closesAt } = occurrenceOn(window, zone, localDate)!;
        const opened = Temporal.Instant.fromEpochMilliseconds(opensAt.getTime())
          .toZonedDateTimeISO(zone)
          .toPlainDateTime();
        const asked = Temporal.PlainDateTime.from(`${localDate}T${start}`);
        const fault = `${zone} ${localDate} ${start}: opens ${opened.toString()}`;
        // As asked, or at the first instant that there is after a gap.
        if (Temporal.PlainDateTime.compare(opened, asked) < 0) throw new Error(`${fault}, too early`);
        if (opensAt.getTime() <= last) throw new Error(`${fault}, not after the night before`);
        if (stopsAt.getTime() - opensAt.getTime() !== 90 * 60_000) throw new Error(`${fault}, stops at another time`);
        if (closesAt.getTime() - opensAt.getTime() !== 120 * 60_000)
          throw new Error(`${fault}, closes at another time`);
        last = opensAt.getTime();
      }
    }
  });

  it('are found open at their first and last instant, under the date of their start', () => {
    for (const { zone, start, date } of nights) {
      const window = spec({ start, lengthMinutes: 120, stopBeforeMinutes: 30 });
      const { localDate, opensAt, closesAt } = occurrenceOn(window, zone, date.toString())!;
      for (const at of [opensAt, new Date(closesAt.getTime() - 1)]) {
        const found = currentOccurrence(window, zone, at);
        if (found?.localDate !== localDate)
          throw new Error(`${zone} ${localDate} ${start}: at ${at.toISOString()} ${found?.localDate} is open`);
      }
      if (currentOccurrence(window, zone, new Date(opensAt.getTime() - 1))?.localDate === localDate)
        throw new Error(`${zone} ${localDate} ${start}: open before it opens`);
    }
  });
});

describe('blackouts and deadlines', () => {
  it('count whole dates of the zone, both ends included', () => {
    const blackouts = [{ from: '2026-12-20', to: '2027-01-03' }];
    expect(
      ['2026-12-19', '2026-12-20', '2027-01-03', '2027-01-04'].map((date) => isBlackedOut(blackouts, date)),
    ).toEqual([false, true, true, false]);
  });

  it('come at the start of the window on their day, also on a day that the window leaves out', () => {
    const window = spec({ days: ['mon'], start: '02:00' });
    expect(deadlineDay({ date: '2026-11-25' }, window, 'Europe/Zurich')).toEqual(new Date('2026-11-25T01:00:00Z'));
    expect(deadlineDay({ daysAfterRelease: 3 }, window, 'UTC')).toBeUndefined();
    expect(deadlineDay(undefined, window, 'UTC')).toBeUndefined();
  });
});

describe('any window in any zone over ten years', () => {
  it('is open at every instant of an occurrence, under the same date, and on an allowed weekday', () => {
    fc.assert(
      fc.property(anyWindow, fc.constantFrom(...ALL_ZONES), fc.integer(TEN_YEARS), (input, zone, at) => {
        const window = spec(input);
        const found = currentOccurrence(window, zone, new Date(at));
        if (!found) return;
        expect(found.opensAt.getTime()).toBeLessThanOrEqual(at);
        expect(found.closesAt.getTime()).toBeGreaterThan(at);
        expect(found.closesAt.getTime() - found.opensAt.getTime()).toBe(window.lengthMinutes * 60_000);
        expect(found.stopsAt >= found.opensAt && found.stopsAt <= found.closesAt).toBe(true);
        expect(occurrenceOn(window, zone, found.localDate)).toEqual(found);
      }),
      { numRuns: 400, seed: 7 },
    );
  });

  it('opens exactly once a day, in order, at its start or, in a gap, at most a day after it', () => {
    const daily = anyWindow.map((window) => ({ ...window, days: undefined }));
    fc.assert(
      fc.property(daily, fc.constantFrom(...ZONES), fc.integer(TEN_YEARS), ({ start, lengthMinutes }, zone, from) => {
        const window = spec({ start, lengthMinutes });
        let last = Number.NEGATIVE_INFINITY;
        for (let day = 0; day < 20; day++) {
          const date = new Date(from + day * 86_400_000).toISOString().slice(0, 10);
          const opens = occurrenceOn(window, zone, date)!.opensAt.getTime();
          expect(opens).toBeGreaterThan(last);
          last = opens;
          const local = new Intl.DateTimeFormat('en-GB', {
            timeZone: zone,
            hour: '2-digit',
            minute: '2-digit',
            hourCycle: 'h23',
          }).format(opens);
          expect(local >= start).toBe(true);
        }
      }),
      { numRuns: 60, seed: 11 },
    );
  });
});
