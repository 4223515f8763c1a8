import { Temporal } from 'temporal-polyfill';
import { isTimeZone } from './time-zone.ts';

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const ABBREVIATIONS = LETTERS.flatMap((one) => LETTERS.flatMap((two) => LETTERS.map((three) => one + two + three)));

describe('a time zone', () => {
  it('is any that IANA has', () => {
    const all = [...Intl.supportedValuesOf('timeZone'), 'UTC', 'EST5EDT', 'Etc/GMT+5', 'US/Pacific', 'europe/zurich'];
    expect(all.filter((name) => !isTimeZone(name))).toEqual([]);
  });

  it('is nothing that windows cannot be computed in, though Node takes it', () => {
    const taken = [...ABBREVIATIONS, ...ABBREVIATIONS.map((name) => name.toLowerCase())].filter(isTimeZone);
    expect(taken).toContain('EST');
    const computed = taken.map((zone) => Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone));
    expect(computed).toHaveLength(taken.length);
    expect(['PST', 'IST', '+01', '-00:00', '−05:00', 'Mars/Olympus', '', 'a\0b'].filter(isTimeZone)).toEqual([]);
  });
});
