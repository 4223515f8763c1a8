import { WindowSpec } from '@lamplighter/contracts';
import { Nights } from './nights.ts';
import { currentOccurrence } from './window.ts';

const MINUTE = 60_000;

describe('nights that are kept', () => {
  it.each([
    // A clock change forward, one back, a day that was skipped, and a zone whose offset is no whole hour.
    ['America/New_York', '2026-03-06T00:00:00Z'],
    ['America/New_York', '2026-10-30T00:00:00Z'],
    ['Pacific/Apia', '2011-12-28T00:00:00Z'],
    ['Australia/Lord_Howe', '2026-04-03T00:00:00Z'],
  ])('are those that are computed, over the clock changes of %s', (zone, from) => {
    const nights = new Nights();
    const windows = [
      { start: '02:00', lengthMinutes: 240, stopBeforeMinutes: 30 },
      { start: '00:00', lengthMinutes: 1440, stopBeforeMinutes: 0 },
      { start: '23:30', lengthMinutes: 90, stopBeforeMinutes: 0, days: ['fri' as const, 'sun' as const] },
    ].map((window) => WindowSpec.parse({ ...window, zone }));
    for (let minutes = 0; minutes < 5 * 24 * 60; minutes += 10) {
      const now = new Date(Date.parse(from) + minutes * MINUTE);
      for (const window of windows)
        expect(nights.current(window, zone, now)).toEqual(currentOccurrence(window, zone, now));
    }
  });

  it('are computed anew for a clock that was set back', () => {
    const nights = new Nights();
    const window = WindowSpec.parse({ start: '02:00', lengthMinutes: 60, zone: 'UTC' });
    const at = (time: string) => nights.current(window, 'UTC', new Date(`2026-11-22T${time}:00Z`))?.localDate;
    expect([at('02:30'), at('03:30'), at('02:30')]).toEqual(['2026-11-22', undefined, '2026-11-22']);
  });
});
