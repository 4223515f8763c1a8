import { STATUS_ITEMS } from '../generated/status-items.ts';
import { entryOf, isDict } from '../schema/places.ts';
import type { Dict } from '../schema/places.ts';
import { StatusReportError } from './status-report-error.ts';

export interface StatusItemError {
  readonly statusItem: string;
  readonly reasons: readonly StatusReason[];
}

export interface StatusReason {
  /** Apple's word, such as `Error.ConfigurationCannotBeApplied`. */
  readonly code: string;
  readonly description?: string;
}

/** declarative/protocol/statusreport.yaml, with its items under the names that subscriptions use. */
export interface StatusReport {
  /**
   * Values by name. A status item of the schema is one entry, whatever it holds. An unknown dictionary is an entry for each of its
   * leaves (`a.b.c`). An array of things that come and go one by one (its members have `_removed`) is an entry for each
   * (`mdm.app[com.example.app]`), undefined where it is gone.
   */
  readonly items: ReadonlyMap<string, unknown>;
  readonly errors: readonly StatusItemError[];
  /** Whatever it does not name the device no longer has to say. */
  readonly isFull: boolean;
}

const MAX_DEPTH = 64;
/** Several times the longest name there is. Longer ones are left out: nested, they would multiply what a report holds. */
const MAX_NAME = 255;
/** NUL and lone surrogates as JSON.stringify writes them; PostgreSQL's jsonb holds neither. */
const NO_CHARACTER = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** Reads a device's StatusReport. Throws StatusReportError; what is wrong within an item is left to whoever uses it. */
export function parseStatusReport(text: string): StatusReport {
  const report = documentOf(text);
  if (!isDict(report) || !isDict(report['StatusItems'])) {
    throw new StatusReportError('not-a-report', 'the status report has no dictionary StatusItems');
  }
  // Only an escape can hold such a character.
  if (text.includes('\\u') && NO_CHARACTER.test(JSON.stringify(report))) {
    throw new StatusReportError('not-text', 'the status report holds a character that is no character');
  }
  const items = new Map<string, unknown>();
  flatten(report['StatusItems'], '', items);
  return { items, errors: readErrors(report['Errors']), isFull: report['FullReport'] === true };
}

/** As reports (`Reasons`, `Code`) and as status items (`reasons`, `code`) write them; those without a code are left out. */
export function readStatusReasons(value: unknown): StatusReason[] {
  return membersOf(value).flatMap((reason) => {
    const code = textOf(reason['code'] ?? reason['Code']);
    const description = textOf(reason['description'] ?? reason['Description']);
    return code === undefined ? [] : [{ code, ...(description === undefined ? {} : { description }) }];
  });
}

function documentOf(text: string): unknown {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new StatusReportError('not-json', 'the status report is not JSON');
  }
  if (isDeeperThan(document, MAX_DEPTH)) {
    throw new StatusReportError('too-deep', `the status report is nested deeper than ${MAX_DEPTH} levels`);
  }
  return document;
}

/** Level by level: recursion would end the process on a document of nothing but brackets. */
function isDeeperThan(document: unknown, limit: number): boolean {
  let level = [document];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? (Object.values(value) as unknown[]) : [],
    );
  }
  return false;
}

/** Names come nested (`{"device":{"model":{…}}}`), with dots (`{"device.model":{…}}`), or in any mixture of both. */
function flatten(dict: Dict, prefix: string, items: Map<string, unknown>): void {
  for (const [key, value] of Object.entries(dict)) {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (name.length > MAX_NAME) continue;
    const known = entryOf(STATUS_ITEMS, name);
    if (known === undefined && isDict(value)) flatten(value, name, items);
    else if (Array.isArray(value) && isPiecemeal(name, value)) addMembers(name, value, items);
    else items.set(name, value);
  }
}

/** Whether a report that is not full has only the members that changed. */
function isPiecemeal(name: string, value: readonly unknown[]): boolean {
  const facts = entryOf(STATUS_ITEMS, name)?.keys[name];
  if (facts !== undefined) return facts.item?.keys?.['_removed'] !== undefined;
  return value.some((member) => isDict(member) && '_removed' in member);
}

function addMembers(name: string, members: readonly unknown[], items: Map<string, unknown>): void {
  for (const member of members) {
    const identifier = isDict(member) ? textOf(member['identifier']) : undefined;
    if (identifier !== undefined && identifier.length <= MAX_NAME) {
      items.set(`${name}[${identifier}]`, (member as Dict)['_removed'] === true ? undefined : member);
    }
  }
}

function readErrors(value: unknown): StatusItemError[] {
  return membersOf(value).flatMap((error) => {
    const statusItem = textOf(error['StatusItem']);
    return statusItem === undefined ? [] : [{ statusItem, reasons: readStatusReasons(error['Reasons']) }];
  });
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const membersOf = (value: unknown): Dict[] => (Array.isArray(value) ? value.filter(isDict) : []);
