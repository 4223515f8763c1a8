const DAY_MS = 86_400_000;

/** The UTC day, as `2026-11-22`, that many days after the instant's own. */
export function dayOf(instant: Date, daysAfter = 0): string {
  return new Date(instant.getTime() + daysAfter * DAY_MS).toISOString().slice(0, 10);
}
