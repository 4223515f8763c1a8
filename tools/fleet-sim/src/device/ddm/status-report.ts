import { createHash } from 'node:crypto';
import type { Device } from '../device.ts';
import type { Ddm } from './ddm.ts';
import { shared } from './shared-names.ts';
import { BY_ITSELF, knowsStatusItem, statusValue } from './status-items.ts';

export interface PendingReport {
  /** The StatusReport; undefined where there is nothing to say. */
  readonly body: string | undefined;
  /** What the server has once it has taken it. */
  readonly hashes: ReadonlyMap<string, string>;
  /** How many of `untold` it tells. */
  readonly tells: number;
  readonly isFull: boolean;
}

const HASH = 8;
const hashOf = (text: string): string => createHash('sha1').update(text).digest('base64').slice(0, HASH);
const NO_HASH = '-'.repeat(HASH);

function reportedHash({ reported, reportable }: Ddm, name: string): string {
  const at = reportable.indexOf(name) * HASH;
  return at < 0 ? NO_HASH : reported.slice(at, at + HASH);
}

/** What the device would report next: everything where the daily full report is due, else what the server has not heard. */
export function nextReport(device: Device, ddm: Ddm, isFull: boolean): PendingReport {
  const [words] = ddm.untold;
  const names = [...BY_ITSELF, ...ddm.subscribed];
  const hashes = new Map<string, string>();
  const items: Record<string, unknown> = {};
  for (const name of names) {
    const value = statusValue(device, ddm, name, isFull ? undefined : words);
    if (value === undefined) continue;
    const hash = hashOf(JSON.stringify(value));
    if (!isFull && reportedHash(ddm, name) === hash) continue;
    hashes.set(name, hash);
    nest(items, name.split('.'), value);
  }
  const isFirst = ddm.reported === '';
  const Errors = isFull || isFirst ? names.filter((name) => !knowsStatusItem(device, ddm, name)).map(unknownItem) : [];
  const body = isFull || hashes.size > 0 ? { StatusItems: items, Errors, FullReport: isFull } : undefined;
  return { body: body && JSON.stringify(body), hashes, tells: isFull ? ddm.untold.length : 1, isFull };
}

/** Notes that the server has taken a report (or that there was nothing to say). Returns whether there is more to tell. */
export function noteTaken(ddm: Ddm, { hashes, tells, isFull }: PendingReport): boolean {
  if (hashes.size > 0) {
    const reportable = shared([...BY_ITSELF, ...ddm.subscribed]);
    const known = (name: string) => (isFull ? NO_HASH : reportedHash(ddm, name));
    ddm.reported = reportable.map((name) => hashes.get(name) ?? known(name)).join('');
    ddm.reportable = reportable;
  }
  ddm.untold.splice(0, tells);
  return ddm.untold.length > 0;
}

const unknownItem = (StatusItem: string) => ({
  StatusItem,
  Reasons: [{ Code: 'Error.UnsupportedStatusItem', Description: `this device has no status item ${StatusItem}` }],
});

function nest(into: Record<string, unknown>, [first, ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) into[first!] = value;
  else nest((into[first!] ??= {}) as Record<string, unknown>, rest, value);
}
