import type { PlistInput } from '@lamplighter/apple';
import { invalid, plistOf } from '../command-body.ts';
import { dataOf, plistOfJson } from '../json-plist.ts';

/**
 * How a field of MicroMDM's JSON becomes a key of Apple's dictionary. `plist`: base64 of a plist, for its content. `new-password`: a
 * text that may be empty, which takes the old one away.
 */
export type Kind = 'text' | 'new-password' | 'integer' | 'flag' | 'data' | 'texts' | 'datas' | 'any' | 'plist' | Group;

export interface Group {
  readonly list: boolean;
  readonly fields: Fields;
}

/** `json name: [Apple's key, kind]`, in the order in which MicroMDM writes them. */
export type Fields = Readonly<Record<string, readonly [string, Kind]>>;

export interface Translated {
  /** By Apple's keys. */
  readonly plist: Readonly<Record<string, PlistInput>>;
  /** What was understood of the input, by MicroMDM's names. */
  readonly echo: Readonly<Record<string, unknown>>;
}

/**
 * As MicroMDM does: unknown fields are passed over, and empty ones count as absent, but for new passwords.
 * Throws AppError `command.invalid` that names the field whose type is wrong.
 */
export function translate(input: Readonly<Record<string, unknown>>, fields: Fields, path = ''): Translated {
  const plist: Record<string, PlistInput> = {};
  const echo: Record<string, unknown> = {};
  for (const [name, [key, kind]] of Object.entries(fields)) {
    const value = input[name];
    if (isEmpty(value) && !(kind === 'new-password' && value === '')) continue;
    const at = path === '' ? name : `${path}.${name}`;
    const done = typeof kind === 'string' ? { plist: scalar(value, kind, at), echo: value } : grouped(value, kind, at);
    plist[key] = done.plist;
    echo[name] = done.echo;
  }
  return { plist, echo };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

function grouped(value: unknown, { list, fields }: Group, path: string): { plist: PlistInput; echo: unknown } {
  if (!list) return translate(objectOf(value, path), fields, path);
  if (!Array.isArray(value)) throw invalid('it is not a list', path);
  const items = value.map((item, index) => translate(objectOf(item, `${path}.${index}`), fields, `${path}.${index}`));
  return { plist: items.map((item) => item.plist), echo: items.map((item) => item.echo) };
}

function objectOf(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid('it is not an object', path);
}

const scalars: Readonly<Record<Extract<Kind, string>, (value: unknown, path: string) => PlistInput>> = {
  text: (value, path) => expected(typeof value === 'string', value as string, 'a string', path),
  'new-password': (value, path) => scalars.text(value, path),
  integer: (value, path) => expected(Number.isSafeInteger(value), value as number, 'an integer', path),
  flag: (value, path) => expected(typeof value === 'boolean', value as boolean, 'true or false', path),
  data: dataOf,
  texts: (value, path) => expected(isTexts(value), value as string[], 'a list of strings', path),
  datas: (value, path) => {
    if (!Array.isArray(value)) throw invalid('it is not a list', path);
    return value.map((item, index) => dataOf(item, `${path}.${index}`));
  },
  any: (value, path) => plistOfJson(value, path)!,
  plist: (value, path) => plistOf(dataOf(value, path)) as PlistInput,
};

function scalar(value: unknown, kind: Extract<Kind, string>, path: string): PlistInput {
  return scalars[kind](value, path);
}

function expected<T>(holds: boolean, value: T, what: string, path: string): T {
  if (holds) return value;
  throw invalid(`it is not ${what}`, path);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
