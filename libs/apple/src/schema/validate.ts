import { COMMANDS } from '../generated/commands.ts';
import { DECLARATIONS } from '../generated/declarations.ts';
import { DOCUMENTS } from '../generated/documents.ts';
import type { Documents } from '../generated/documents.ts';
import type { Facts, KeyFacts, KeyType } from './model.ts';
import { entryOf, isDict, placesOf, UNKNOWN } from './places.ts';
import type { Dict, Place } from './places.ts';

/** Something in a payload that Apple's schema does not allow. */
export interface Fault {
  /** `Updates[0].InstallAction`; empty for the payload itself. */
  readonly path: string;
  /** Never repeats a value. */
  readonly message: string;
}

const MOST_FAULTS = 20;

/**
 * Faults of a Command dictionary (RequestType included) against the schema, at most 20: a missing key, a wrong type, a value that is
 * out of range or none of those there are. Empty where it is sound or its RequestType is not in the schema. Keys and queries that the
 * schema does not know are accepted: later OS versions have more.
 */
export function validateCommand(command: Dict): Fault[] {
  const requestType = command['RequestType'];
  if (requestType === undefined) return [{ path: 'RequestType', message: 'is missing' }];
  if (typeof requestType !== 'string') return [{ path: 'RequestType', message: 'is no string' }];
  return faultsOf(command, entryOf(COMMANDS, requestType));
}

/** The same for the Payload of a declaration of this type, as JSON has it. Empty where the type is not in the schema. */
export function validateDeclaration(type: string, payload: unknown): Fault[] {
  return faultsOf(payload, entryOf(DECLARATIONS, type));
}

/** Keys of the Payload of a declaration that the schema does not know, at most 20: of a later OS version, or a slip of the pen. */
export function strangeKeys(type: string, payload: unknown): string[] {
  const facts = entryOf(DECLARATIONS, type);
  if (!facts) return [];
  return [...placesOf(payload, facts)]
    .filter((place) => place.facts === UNKNOWN)
    .map(({ path }) => path)
    .slice(0, MOST_FAULTS);
}

/** Faults of a document of declarative management: what a device is answered, or the data of a credential asset. */
export function validateDocument(name: keyof Documents, document: unknown): Fault[] {
  return faultsOf(document, DOCUMENTS[name]);
}

/** The same for a payload of which the caller has the facts. */
export function validateFacts(facts: Facts, payload: unknown): Fault[] {
  return faultsOf(payload, facts);
}

function faultsOf(payload: unknown, facts: Facts | undefined): Fault[] {
  const faults: Fault[] = [];
  if (!facts) return faults;
  for (const place of placesOf(payload, facts)) {
    faults.push(...faultsAt(place));
    if (faults.length >= MOST_FAULTS) break;
  }
  return faults.slice(0, MOST_FAULTS);
}

function faultsAt({ path, value, facts }: Place): Fault[] {
  if (!FITS[facts.type](value)) return [{ path, message: `is no ${facts.type}` }];
  if (facts.type === 'dictionary') return missing(value as Dict, facts, path);
  const message = outOfBounds(value, facts);
  return message === undefined ? [] : [{ path, message }];
}

function missing(dict: Dict, { keys = {} }: KeyFacts, path: string): Fault[] {
  const names = Object.keys(keys).filter((name) => keys[name]?.required && entryOf(dict, name) === undefined);
  return names.map((name) => ({ path: path === '' ? name : `${path}.${name}`, message: 'is missing' }));
}

function outOfBounds(value: unknown, { oneOf, min, max, atLeast, atMost }: KeyFacts): string | undefined {
  if (oneOf && !oneOf.includes(value as string)) return `is none of ${oneOf.join(', ')}`;
  if (Array.isArray(value)) return outside(value.length, atLeast, atMost, 'has a length');
  // A parsed dictionary has no prototype: it cannot even be compared.
  return typeof value === 'number' || typeof value === 'bigint' ? outside(value, min, max, 'is') : undefined;
}

function outside(value: number | bigint, min = -Infinity, max = Infinity, is: string): string | undefined {
  if (value < min) return `${is} below ${min}`;
  return value > max ? `${is} above ${max}` : undefined;
}

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
