import { type Weekday, WindowSpec } from '@lamplighter/contracts';
import fc from 'fast-check';
import { currentOccurrence, occurrenceOn } from './window.ts';

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

describe('any window in any zone over ten years', () => {
  it('is open at every instant of an occurrence, under the same date, and on an allowed weekday', () => {
    fc.assert(
      fc.property(anyWindow, fc.constantFrom(...ZONES), fc.integer(TEN_YEARS), (input, zone, at) => {
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
