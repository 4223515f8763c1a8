/** `HH:MM:SS` of an instant, UTC: the clock of the installation, which a demo runs faster. */
export function clockTime(instant: string): string {
  return instant.slice(11, 19);
}

/** `2026-11-22 02:00:00`, UTC; `-` for none. */
export function dateTime(instant: string | null | undefined): string {
  return instant === null || instant === undefined ? '-' : `${instant.slice(0, 10)} ${instant.slice(11, 19)}`;
}

/** `1,000`. */
export function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** A state or reason code as words. */
export function wordOf(code: string): string {
  return code.replaceAll('-', ' ');
}

/** `1 device`, `2 devices`. */
export function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `8.4 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
