import type { KeyFacts, KeyType } from '@lamplighter/apple';
import type { Encoding } from './facts.ts';
import { nameOf, textOf } from './literal.ts';

type Shape = Pick<KeyFacts, 'keys' | 'others'>;

/** The TypeScript type of what such a key holds. */
export function typeOf(facts: KeyFacts, encoding: Encoding, indent: string): string {
  if (facts.oneOf) return facts.oneOf.map(literal).join(' | ');
  if (facts.names) return Object.keys(facts.names).map(literal).join(' | ');
  if (facts.type === 'dictionary') return dictType(facts, encoding, indent);
  if (facts.type === 'array') return arrayType(facts, encoding, indent);
  return facts.type === 'any' ? inputOf(encoding) : SCALARS[facts.type];
}

/** The TypeScript type of a dictionary; `first` are lines before its keys. */
export function dictType(
  { keys = {}, others }: Shape,
  encoding: Encoding,
  indent: string,
  first: readonly string[] = [],
): string {
  const inner = `${indent}  `;
  const lines = [
    ...first,
    ...Object.entries(keys).map(
      ([name, key]) => `readonly ${nameOf(name)}${key.required ? '' : '?'}: ${typeOf(key, encoding, inner)};`,
    ),
  ];
  if (lines.length === 0) return `{ readonly [key: string]: ${othersType(others, encoding, indent)} }`;
  // A closed dictionary is not declared open: TypeScript then finds misspelt keys.
  if (others) lines.push(`readonly [key: string]: ${inputOf(encoding)} | undefined;`);
  return `{\n${lines.map((line) => `${inner}${line}\n`).join('')}${indent}}`;
}

function othersType(others: KeyFacts | undefined, encoding: Encoding, indent: string): string {
  return `${others ? typeOf(others, encoding, indent) : inputOf(encoding)} | undefined`;
}

function arrayType({ item, variants }: KeyFacts, encoding: Encoding, indent: string): string {
  const members = variants ? Object.values(variants.of) : item ? [item] : [];
  if (members.length === 0) return `readonly ${inputOf(encoding)}[]`;
  const types = members.map((member) => typeOf(member, encoding, indent));
  const [only = ''] = types;
  const simple = types.length === 1 && !only.includes(' | ') && !only.startsWith('readonly ');
  return simple ? `readonly ${only}[]` : `readonly (${types.join(' | ')})[]`;
}

const inputOf = (encoding: Encoding): string => (encoding === 'plist' ? 'PlistInput' : 'JsonInput');

const literal = (value: string | number | boolean): string =>
  typeof value === 'string' ? textOf(value) : String(value);

const SCALARS: Readonly<Record<Exclude<KeyType, 'array' | 'dictionary' | 'any'>, string>> = {
  string: 'string',
  integer: 'number',
  real: 'number',
  boolean: 'boolean',
  date: 'Date',
  data: 'Uint8Array',
};
