import { Temporal } from 'temporal-polyfill';

/** The instant at which the clocks of a zone show `YYYY-MM-DDThh:mm:ss`, in epoch milliseconds; a time that is skipped, after the gap. */
export function instantOf(local: string, zone: string): number {
  try {
    return Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;
  } catch {
    return Infinity; // 31 February: never
  }
}
