import type { Facts, KeyFacts } from './model.ts';

/** Something that stands in a payload, with what the schema says of it. */
export interface Place {
  /** `Updates[0].InstallAction`; empty for the payload itself. */
  readonly path: string;
  readonly value: unknown;
  /** `UNKNOWN` where the schema does not know the key, or the name that the value is. */
  readonly facts: KeyFacts;
  readonly outer?: Place;
}

export const UNKNOWN: KeyFacts = { type: 'any' };

/** The payload and all that stands in it, outer before inner. What is unknown, or of a wrong type, is not looked into. */
export function placesOf(payload: unknown, { keys, others }: Pick<Facts, 'keys' | 'others'>): Generator<Place> {
  return within({ path: '', value: payload, facts: { type: 'dictionary', keys, ...(others ? { others } : {}) } });
}

/** What a table has under a name that somebody else chose. */
export function entryOf<T>(table: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

export type Dict = Readonly<Record<string, unknown>>;

export const isDict = (value: unknown): value is Dict =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Date) &&
  !ArrayBuffer.isView(value);

function* within(place: Place): Generator<Place> {
  yield place;
  const { path, value, facts } = place;
  for (const [at, inner, known] of contentsOf(value, facts)) {
    const below = path === '' || at === '' || at.startsWith('[') ? path + at : `${path}.${at}`;
    yield* within({ path: below, value: inner, facts: known, outer: place });
  }
}

type Content = readonly [at: string, value: unknown, facts: KeyFacts];

function contentsOf(value: unknown, facts: KeyFacts): Content[] {
  if (facts.type === 'array' && Array.isArray(value)) {
    return value.map((member, index) => [`[${index}]`, member, memberFacts(member, facts)]);
  }
  if (facts.type === 'dictionary' && isDict(value)) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    return entries.map(([name, entry]) => [name, entry, entryOf(facts.keys ?? {}, name) ?? facts.others ?? UNKNOWN]);
  }
  if (facts.names && typeof value === 'string') return [['', value, entryOf(facts.names, value) ?? UNKNOWN]];
  return [];
}

function memberFacts(member: unknown, { item, variants }: KeyFacts): KeyFacts {
  if (!variants) return item ?? UNKNOWN;
  const name = isDict(member) ? member[variants.by] : undefined;
  const variant = typeof name === 'string' ? entryOf(variants.of, name) : undefined;
  return variant ?? { type: 'dictionary', keys: { [variants.by]: { type: 'string', required: true } } };
}
