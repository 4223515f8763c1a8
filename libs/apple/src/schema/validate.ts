import { COMMANDS } from '../generated/commands.ts';
import type { KeyFacts, Keys, KeyType } from './model.ts';

/** Something in a payload that Apple's schema does not allow. `message` never repeats a value. */
export interface Fault {
  /** `Updates[0].InstallAction`; empty for the payload itself. */
  readonly path: string;
  readonly message: string;
}

type Dict = Readonly<Record<string, unknown>>;

const MOST_FAULTS = 20;

/**
 * Faults of a Command dictionary (RequestType included) against the schema, at most 20: a missing key, a wrong type, a value that is
 * out of range or not among those there are. Empty where it is sound or its RequestType is not in the schema. Keys that the schema
 * does not know are accepted: later OS versions have more.
 */
export function validateCommand(command: Dict): Fault[] {
  const requestType = command['RequestType'];
  if (requestType === undefined) return [{ path: 'RequestType', message: 'is missing' }];
  if (typeof requestType !== 'string') return [{ path: 'RequestType', message: 'is no string' }];
  const facts = Object.hasOwn(COMMANDS, requestType) ? COMMANDS[requestType] : undefined;
  return facts ? faultsOf(command, facts.keys) : [];
}

/** Faults of a payload that has these keys. */
export function faultsOf(payload: unknown, keys: Keys): Fault[] {
  const faults: Fault[] = [];
  check(payload, { type: 'dictionary', keys }, '', faults);
  return faults;
}

function check(value: unknown, facts: KeyFacts, path: string, faults: Fault[]): void {
  if (faults.length >= MOST_FAULTS) return;
  if (!FITS[facts.type](value)) {
    faults.push({ path, message: `is no ${facts.type}` });
    return;
  }
  const message = outOfBounds(value, facts);
  if (message !== undefined) faults.push({ path, message });
  if (facts.type === 'array') checkArray(value as readonly unknown[], facts, path, faults);
  if (facts.type === 'dictionary') checkDict(value as Dict, facts, path, faults);
}

function checkArray(members: readonly unknown[], facts: KeyFacts, path: string, faults: Fault[]): void {
  const { item, variants } = facts;
  for (const [index, member] of members.entries()) {
    if (faults.length >= MOST_FAULTS) return;
    const at = `${path}[${index}]`;
    if (item) check(member, item, at, faults);
    else if (variants) checkVariant(member, variants, at, faults);
  }
}

function checkVariant(member: unknown, { by, of }: NonNullable<KeyFacts['variants']>, path: string, faults: Fault[]) {
  check(member, { type: 'dictionary', keys: { [by]: { type: 'string', required: true } } }, path, faults);
  const name = isDict(member) ? member[by] : undefined;
  const variant = typeof name === 'string' && Object.hasOwn(of, name) ? of[name] : undefined;
  if (variant) check(member, variant, path, faults);
}

function checkDict(dict: Dict, { keys, others }: KeyFacts, path: string, faults: Fault[]): void {
  const prefix = path === '' ? '' : `${path}.`;
  for (const [name, facts] of Object.entries(keys ?? {})) {
    const value = Object.hasOwn(dict, name) ? dict[name] : undefined;
    if (value !== undefined) check(value, facts, prefix + name, faults);
    else if (facts.required) faults.push({ path: prefix + name, message: 'is missing' });
  }
  if (!others) return;
  for (const [name, value] of Object.entries(dict)) {
    if (!(keys && Object.hasOwn(keys, name))) check(value, others, prefix + name, faults);
  }
}

function outOfBounds(value: unknown, { oneOf, min, max, atLeast, atMost }: KeyFacts): string | undefined {
  if (oneOf && !oneOf.includes(value as string)) return `is none of ${oneOf.join(', ')}`;
  if (Array.isArray(value)) return outside(value.length, atLeast, atMost, 'has a length');
  return outside(value as number, min, max, 'is');
}

function outside(value: number, min = -Infinity, max = Infinity, is: string): string | undefined {
  if (value < min) return `${is} below ${min}`;
  return value > max ? `${is} above ${max}` : undefined;
}

const isDict = (value: unknown): value is Dict =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Date) &&
  !ArrayBuffer.isView(value);

const FITS: Readonly<Record<KeyType, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: (value) => typeof value === 'bigint' || Number.isInteger(value),
  real: (value) => typeof value === 'number' || typeof value === 'bigint',
  boolean: (value) => typeof value === 'boolean',
  date: (value) => value instanceof Date,
  data: (value) => ArrayBuffer.isView(value),
  array: (value) => Array.isArray(value),
  dictionary: isDict,
  any: () => true,
};
