import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { validateCommand, validateDeclaration } from '@lamplighter/apple';
import type { Fault } from '@lamplighter/apple';
import { generatedFiles } from './generated-files.ts';
import { readSchema } from './read-schema.ts';
import type { RawKey, SchemaFile } from './read-schema.ts';

const root = resolve(import.meta.dirname, '../../..');
const SCHEMA = process.env['LAMP_APPLE_SCHEMA'] ?? join(root, '../shared/apple-schema');
const here = existsSync(SCHEMA);
if (!here) {
  process.stdout.write(`skipped: LAMP_APPLE_SCHEMA names no checkout of github.com/apple/device-management\n`);
}

type Sample = Record<string, unknown>;

const SCALARS: Record<string, unknown> = {
  '<string>': 'text',
  '<integer>': 7,
  '<real>': 0.5,
  '<boolean>': false,
  '<data>': Buffer.from('data'),
  '<date>': new Date(0),
  '<any>': 'anything',
};

/** A value for a key, made from the schema's own text, not from what the generator read in it. */
function sampleOf(key: RawKey, json: boolean): unknown {
  if (key.rangelist) return key.rangelist[0];
  const subkeys = key.subkeys ?? [];
  const [first] = subkeys;
  if (key.type === '<dictionary>') return dictOf(subkeys, json);
  if (key.type !== '<array>') return first?.key ?? key.range?.max ?? scalarOf(key.type, json);
  const times = first?.repetition?.min ?? 1;
  return Array.from({ length: times }, () => subkeys.map((subkey) => sampleOf(subkey, json))).flat(1);
}

const scalarOf = (type: string, json: boolean): unknown =>
  json && (type === '<data>' || type === '<date>') ? 'text' : SCALARS[type];

const dictOf = (keys: readonly RawKey[], json: boolean): Sample =>
  Object.fromEntries(keys.map((key) => [key.key, sampleOf(key, json)]));

/** Every key of a payload, with the way to it through `sampleOf`. */
function* waysTo(keys: readonly RawKey[], way: readonly string[] = []): Generator<[RawKey, readonly string[]]> {
  for (const key of keys) {
    const place = [...way, key.key];
    yield [key, place];
    if (key.type === '<dictionary>') yield* waysTo(key.subkeys ?? [], place);
    if (key.type !== '<array>') continue;
    for (const [index, item] of (key.subkeys ?? []).entries()) {
      if (item.type === '<dictionary>') yield* waysTo(item.subkeys ?? [], [...place, `[${index}]`]);
    }
  }
}

/** The payload with the value at `way` replaced; left out where it is undefined. */
function changed(payload: Sample, way: readonly string[], value: unknown): Sample {
  const copy = structuredClone(payload);
  let at: Sample = copy;
  for (const step of way.slice(0, -1)) at = at[step.replaceAll(/[[\]]/g, '')] as Sample;
  at[way.at(-1) ?? ''] = value;
  return copy;
}

const pathOf = (way: readonly string[]): string => way.join('.').replaceAll('.[', '[');

function expectSound({ keys }: SchemaFile, start: Sample, json: boolean, judge: (payload: Sample) => Fault[]): void {
  const payload = { ...start, ...dictOf(keys, json) };
  expect(judge(payload)).toEqual([]);
  expect(judge({ ...payload, KeyOfALaterOs: 1 })).toEqual([]);
  for (const [key, way] of waysTo(keys)) {
    if (key.type === '<any>') continue;
    const wrong = key.type === '<dictionary>' ? 'text' : { not: 'this' };
    expect(judge(changed(payload, way, wrong)).map((fault) => fault.path)).toEqual([pathOf(way)]);
    const without = judge(changed(payload, way, undefined));
    const required = key.presence === 'required' && key.key !== 'ANY';
    expect(without).toEqual(required ? [{ path: pathOf(way), message: 'is missing' }] : []);
  }
}

(here ? describe : describe.skip)("Apple's schema", () => {
  it('is what the generated files say', () => {
    const folder = join(root, 'libs/apple/src/generated');
    for (const [name, text] of Object.entries(generatedFiles(SCHEMA))) {
      // The message says what to do; the texts are too long to print.
      const same = readFileSync(join(folder, name), 'utf8') === text;
      expect(`${name}: ${same ? 'up to date' : 'stale: npm run schema -- <checkout>'}`).toBe(`${name}: up to date`);
    }
  });

  it('and validateCommand agree on each key of every command', () => {
    const files = readSchema(SCHEMA, 'mdm/commands');
    expect(files.length).toBeGreaterThan(15);
    for (const file of files) {
      expectSound(file, { RequestType: file.payload.requesttype }, false, validateCommand);
    }
  });

  it('and validateDeclaration agree on each key of every declaration', () => {
    const files = readSchema(SCHEMA, 'declarative/declarations').filter(
      ({ payload }) => payload.declarationtype !== undefined && payload.declarationtype !== 'any',
    );
    expect(files.length).toBeGreaterThan(30);
    for (const file of files) {
      const type = file.payload.declarationtype ?? '';
      expectSound(file, {}, true, (payload) => validateDeclaration(type, payload));
    }
  });
});
