import { AppleError } from './apple-error.ts';
import { isDict } from './plist/plist-value.ts';
import type { PlistDict, PlistValue } from './plist/plist-value.ts';

/** A well-formed plist that is not the message it should be. `key` names the key at fault. */
export class MessageError extends AppleError {
  readonly code: string;
  readonly key: string | undefined;

  constructor(code: string, message: string, key?: string) {
    super(message);
    this.code = code;
    this.key = key;
  }
}

/** Makes the error of one message family from a problem and the key that has it. */
export type FieldFault = (problem: 'missing-key' | 'invalid-key', key: string, expected: string) => MessageError;

export function textIn(dict: PlistDict, key: string): string | undefined {
  const value = dict[key];
  return typeof value === 'string' ? value : undefined;
}

export function flagIn(dict: PlistDict, key: string): boolean | undefined {
  const value = dict[key];
  return typeof value === 'boolean' ? value : undefined;
}

/** Integers and reals alike: devices send sizes as either. Nothing for NaN and infinities. */
export function numberIn(dict: PlistDict, key: string): number | undefined {
  const value = dict[key];
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export function dateIn(dict: PlistDict, key: string): Date | undefined {
  const value = dict[key];
  return value instanceof Date ? value : undefined;
}

/** The members of an array that are dicts; empty where there is no array. */
export function dictsIn(dict: PlistDict, key: string): PlistDict[] {
  return itemsIn(dict, key).filter(isDict);
}

export function textsIn(dict: PlistDict, key: string): string[] | undefined {
  return Array.isArray(dict[key]) ? itemsIn(dict, key).filter((item) => typeof item === 'string') : undefined;
}

export function datesIn(dict: PlistDict, key: string): Date[] | undefined {
  return Array.isArray(dict[key]) ? itemsIn(dict, key).filter((item) => item instanceof Date) : undefined;
}

function itemsIn(dict: PlistDict, key: string): PlistValue[] {
  const value = dict[key];
  return Array.isArray(value) ? value : [];
}

/** The same object without the members that are undefined. */
export function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const result = {} as Record<string, unknown>;
  for (const [key, member] of Object.entries(value)) if (member !== undefined) result[key] = member;
  return result as { [K in keyof T]: Exclude<T[K], undefined> };
}

export function requiredText(dict: PlistDict, key: string, fault: FieldFault): string {
  const value = dict[key];
  if (value === undefined) throw fault('missing-key', key, 'a non-empty string');
  if (typeof value !== 'string' || value === '') throw fault('invalid-key', key, 'a non-empty string');
  return value;
}

export function requiredData(dict: PlistDict, key: string, fault: FieldFault): Buffer {
  const value = optionalData(dict, key, fault);
  if (value === undefined) throw fault('missing-key', key, 'data');
  if (value.length === 0) throw fault('invalid-key', key, 'data of at least one byte');
  return value;
}

export function optionalData(dict: PlistDict, key: string, fault: FieldFault): Buffer | undefined {
  const value = dict[key];
  if (value === undefined || Buffer.isBuffer(value)) return value;
  throw fault('invalid-key', key, 'data');
}
