import type { Facts, KeyFacts, Keys, KeyType } from '@lamplighter/apple';
import { defined } from './defined.ts';
import type { RawKey, SchemaFile } from './read-schema.ts';
import { keySupportOf, supportOf } from './support.ts';
import type { Effective } from './support.ts';

/** How a payload travels: JSON has dates and data as strings. */
export type Encoding = 'plist' | 'json';

const TYPES: readonly string[] = [
  'string',
  'integer',
  'real',
  'boolean',
  'date',
  'data',
  'array',
  'dictionary',
  'any',
] satisfies KeyType[];

/** How the schema writes a key whose name is not fixed. */
const ANY_NAME = 'ANY';

/** The facts of a payload. Throws with file and key where the schema says what this generator does not know. */
export function factsOf(file: SchemaFile, encoding: Encoding): Facts {
  try {
    const { support, effective } = supportOf(file.payload.supportedOS);
    return { os: support, ...dictFacts(file.keys, effective, encoding), keys: keysOf(file.keys, effective, encoding) };
  } catch (error) {
    throw new Error(`${file.path}: ${(error as Error).message}`, { cause: error });
  }
}

function keyFacts(raw: RawKey, outer: Effective, encoding: Encoding): KeyFacts {
  try {
    const { support, effective } = keySupportOf(raw.supportedOS, outer);
    return {
      type: typeOf(raw.type, encoding),
      ...(raw.presence === 'required' ? { required: true } : {}),
      ...bounds(raw),
      ...contents(raw, effective, encoding),
      ...(support ? { os: support } : {}),
    };
  } catch (error) {
    throw new Error(`${raw.key}: ${(error as Error).message}`, { cause: error });
  }
}

function typeOf(text: string, encoding: Encoding): KeyType {
  const name = /^<(\w+)>$/.exec(text)?.[1] ?? '';
  if (!TYPES.includes(name)) throw new Error(`the type ${text} is new`);
  return encoding === 'json' && (name === 'date' || name === 'data') ? 'string' : (name as KeyType);
}

function bounds(raw: RawKey): Partial<KeyFacts> {
  const { rangelist, range } = raw;
  // How often a member is repeated is how many members its array has.
  const repetition = raw.type === '<array>' ? (raw.repetition ?? raw.subkeys?.[0]?.repetition) : undefined;
  return defined<Partial<KeyFacts>>({
    oneOf: rangelist,
    min: range?.min,
    max: range?.max,
    atLeast: repetition?.min,
    atMost: repetition?.max,
  });
}

function contents(raw: RawKey, effective: Effective, encoding: Encoding): Partial<KeyFacts> {
  const { subkeys } = raw;
  if (!subkeys || subkeys.length === 0) return {};
  if (raw.type === '<dictionary>') return dictFacts(subkeys, effective, encoding);
  if (raw.type === '<array>') return arrayFacts(subkeys, effective, encoding);
  return { names: keysOf(subkeys, effective, encoding) };
}

function dictFacts(subkeys: readonly RawKey[], effective: Effective, encoding: Encoding): Partial<KeyFacts> {
  const others = subkeys.find(({ key }) => key === ANY_NAME);
  const keys = keysOf(subkeys, effective, encoding);
  return {
    ...(Object.keys(keys).length > 0 ? { keys } : {}),
    ...(others ? { others: keyFacts(others, effective, encoding) } : {}),
  };
}

function arrayFacts(subkeys: readonly RawKey[], effective: Effective, encoding: Encoding): Partial<KeyFacts> {
  const [first] = subkeys;
  if (subkeys.length === 1 && first) return { item: keyFacts(first, effective, encoding) };
  const members = subkeys.map((subkey) => keyFacts(subkey, effective, encoding));
  const by = Object.keys(members[0]?.keys ?? {}).find((key) => members.every((member) => soleValue(member, key)));
  if (by === undefined) throw new Error('its members differ, and no key tells them apart');
  return { variants: { by, of: Object.fromEntries(members.map((member) => [soleValue(member, by), member])) } };
}

function soleValue(member: KeyFacts, key: string): string | undefined {
  const [value, ...more] = member.keys?.[key]?.oneOf ?? [];
  return typeof value === 'string' && more.length === 0 ? value : undefined;
}

function keysOf(raws: readonly RawKey[], outer: Effective, encoding: Encoding): Keys {
  const named = raws.filter(({ key }) => key !== ANY_NAME);
  return Object.fromEntries(named.map((raw) => [raw.key, keyFacts(raw, outer, encoding)]));
}
