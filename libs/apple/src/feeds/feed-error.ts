import { AppleError } from '../apple-error.ts';

/** A release feed is not what its publisher promises; `path` leads to the fault. */
export class FeedError extends AppleError {
  readonly code = 'feed.invalid';
  readonly path: string;

  constructor(path: string, expected: string) {
    super(`release feed: ${path} is not ${expected}`);
    this.path = path;
  }
}

export function record(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new FeedError(path, 'an object');
  return value as Record<string, unknown>;
}

export function records(value: unknown, path: string): { entry: Record<string, unknown>; path: string }[] {
  if (!Array.isArray(value)) throw new FeedError(path, 'an array');
  return value.map((entry, index) => ({ entry: record(entry, `${path}[${index}]`), path: `${path}[${index}]` }));
}

const DEVICE = /^[\w,.-]{1,64}$/;

/** Models or board ids. */
export function devices(value: unknown, path: string): string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' && DEVICE.test(one))) return value;
  throw new FeedError(path, 'an array of models or board ids');
}

export function parseJson(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    throw new FeedError('$', 'JSON');
  }
}

const DAY = /^\d{4}-\d{2}-\d{2}(?=$|T)/;

/** The day of a date or an instant as `YYYY-MM-DD`; undefined for anything else, the 31st of February and the year 0 included. */
export function dayOf(value: unknown): string | undefined {
  const day = typeof value === 'string' ? DAY.exec(value)?.[0] : undefined;
  if (day === undefined) return undefined;
  const at = new Date(`${day}T00:00:00Z`);
  return at.getTime() >= 0 && at.toISOString().slice(0, 10) === day ? day : undefined;
}

export const VERSION = /^\d{1,3}(?:\.\d{1,3}){0,3}$/;
export const BUILD = /^\w{3,20}$/;

/** A title for people, as far as it can be kept; undefined where there is none. */
export function titleOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value
    // oxlint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u001F\u007F]+/g, ' ')
    .trim()
    .slice(0, 200)
    .toWellFormed();
  return text === '' ? undefined : text;
}
