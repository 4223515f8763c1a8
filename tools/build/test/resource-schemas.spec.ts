import { describe, expect, it } from '@jest/globals';
import { parseSpec, Resource } from '@lamplighter/contracts';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

import { resourceSchemas } from '../documents/resource-schemas.ts';
import { root } from '../paths.ts';

const schemas = resourceSchemas();
const accepts = (kind: string, document: unknown): boolean => {
  const ajv = new Ajv({ strict: false });
  formats.default(ajv);
  return ajv.validate(JSON.parse(schemas[`docs/schemas/${kind}.json`]!) as object, document);
};

describe('schemas of files', () => {
  it('accept what the page about policies shows, as the server does', () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/policies.md'), 'utf8')) ?? [];
    const documents = parseAllDocuments(yaml).map((document) => Resource.parse(document.toJS()));
    expect(documents.map(({ kind }) => kind)).toEqual(['Window', 'Group', 'Policy']);
    for (const { kind, name, spec } of documents) {
      expect(parseSpec(kind, { ...spec, name }).faults).toBeUndefined();
      expect(accepts(kind, { kind, name, spec })).toBe(true);
    }
  });

  it.each([
    ['docs/policies.md', 7],
    ['docs/groups.md', 1],
  ])('and the server accept every example of %s', (page, count) => {
    const blocks = [...readFileSync(join(root, page), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)];
    const documents = blocks.flatMap(([, yaml = '']) => {
      const parsed = parseAllDocuments(yaml);
      return 'empty' in parsed ? [] : parsed.map((document) => Resource.parse(document.toJS()));
    });
    for (const { kind, name, spec } of documents) {
      expect(parseSpec(kind, { ...spec, name }).faults).toBeUndefined();
      expect(accepts(kind, { kind, name, spec })).toBe(true);
    }
    expect(documents).toHaveLength(count);
  });

  it.each([
    ['a field that there is not', { instalAction: 'Default' }],
    ['a field that there is not, further in', { windows: [{ strat: '02:00' }] }],
    ['a value that is none', { resendAfterHours: 25 }],
    ['a time that is none', { windows: [{ start: '2 am' }] }],
    ['a version without quotation marks', { target: { kind: 'exact', version: 15.7 } }],
  ])('refuse %s, as the server does', (_what, spec) => {
    expect(parseSpec('Policy', { name: 'p', ...spec }).faults).toBeDefined();
    expect(accepts('Policy', { kind: 'Policy', name: 'p', spec })).toBe(false);
    expect(accepts('Policy', { kind: 'Policy', name: 'p', spec: {} })).toBe(true);
  });
});
