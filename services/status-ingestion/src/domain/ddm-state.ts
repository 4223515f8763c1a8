import type { StatusReason, StatusReport } from '@lamplighter/apple';
import { cut } from './bounds.ts';

/** What a status item was last said to be. `value` is absent for a member that is gone. `at` in epoch milliseconds. */
export interface StoredItem {
  readonly at: number;
  readonly value?: unknown;
}

/** What a device has said of itself over DDM, as far as reports told. Plain JSON. */
export interface DdmState {
  /** Of the newest report that was full: what was said before it no longer counts. Epoch milliseconds. */
  readonly fullAt: number;
  /** By the names of parseStatusReport. */
  readonly items: Readonly<Record<string, StoredItem>>;
  /** Status items that the device could not report, and why. One that it reported since is told by its item alone. */
  readonly errors: Readonly<Record<string, { readonly at: number; readonly reasons: readonly StatusReason[] }>>;
}

export const NOTHING_SAID: DdmState = { fullAt: 0, items: {}, errors: {} };

/** What is kept of one device, in JSON: little more than a megabyte, whatever it sends in however many reports. */
const MAX_ENTRIES = 500;
const MAX_ERRORS = 100;
const MAX_REASONS = 5;
const MAX_VALUE = 2_048;
/** These are long by nature. */
const LONG: ReadonlySet<string> = new Set(['management.client-capabilities', 'management.declarations']);
const MAX_LONG_VALUE = 131_072;
/** What decides something is kept before all else. */
const OURS = /^(?:softwareupdate|device|management)\./;

/**
 * The state with a report in it. Reports may come in any order and any number of times: the newest word about each item holds, and
 * nothing from before the newest full report does.
 */
export function withReport(state: DdmState, report: StatusReport, at: number): DdmState {
  if (at < state.fullAt) return state;
  const fullAt = report.isFull ? at : state.fullAt;
  const items = since(state.items, fullAt);
  const errors = since(state.errors, fullAt);
  for (const [name, value] of report.items) {
    if (fits(name, value)) put(items, name, value === undefined ? { at } : { at, value });
  }
  for (const { statusItem, reasons } of report.errors.slice(0, MAX_ERRORS)) {
    put(errors, cutText(statusItem), { at, reasons: reasons.slice(0, MAX_REASONS).map(cutReason) });
  }
  return { fullAt, items: atMost(items, MAX_ENTRIES), errors: atMost(errors, MAX_ERRORS) };
}

/** The state without what was said before `at`: a device that enrolls again begins anew. */
export function withoutBefore(state: DdmState, at: number): DdmState {
  if (at <= state.fullAt) return state;
  return { ...state, items: record(since(state.items, at)), errors: record(since(state.errors, at)) };
}

/** Undefined where it was never said, or is gone. */
export function said(state: DdmState, name: string): unknown {
  return Object.hasOwn(state.items, name) ? state.items[name]?.value : undefined;
}

function since<T extends { readonly at: number }>(entries: Readonly<Record<string, T>>, at: number): Map<string, T> {
  return new Map(Object.entries(entries).filter(([, entry]) => entry.at >= at));
}

const cutText = (text: string): string => cut(text) ?? '';
const cutReason = ({ code, description }: StatusReason): StatusReason => ({
  code: cutText(code),
  ...(description === undefined ? {} : { description: cutText(description) }),
});

/** Of two words of one instant the one that sorts later holds, so that their order does not matter. */
function put<T extends { readonly at: number }>(entries: Map<string, T>, name: string, entry: T): void {
  const held = entries.get(name);
  if (held !== undefined && held.at > entry.at) return;
  if (held !== undefined && held.at === entry.at && JSON.stringify(held) > JSON.stringify(entry)) return;
  entries.set(name, entry);
}

function fits(name: string, value: unknown): boolean {
  return value === undefined || JSON.stringify(value).length <= (LONG.has(name) ? MAX_LONG_VALUE : MAX_VALUE);
}

/** Sorted, so that what is left out does not depend on the order of reports: what decides something comes first. */
function atMost<T>(entries: Map<string, T>, most: number): Record<string, T> {
  if (entries.size <= most) return record(entries);
  const sorted = [...entries].toSorted(([a], [b]) => Number(OURS.test(b)) - Number(OURS.test(a)) || (a < b ? -1 : 1));
  return record(new Map(sorted.slice(0, most)));
}

function record<T>(entries: Map<string, T>): Record<string, T> {
  return Object.fromEntries(entries);
}
