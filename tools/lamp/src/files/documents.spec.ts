import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseSpec, Platform, type PolicySpec, resourceOf, Weekday } from '@lamplighter/contracts';
import fc from 'fast-check';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { LampError } from '../errors.ts';
import { readDocuments, yamlOf } from './documents.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lamp-documents-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
const refusal = (text: string): string => {
  try {
    readDocuments([file('wrong.yaml', text)]);
  } catch (error) {
    if (error instanceof LampError) return error.message.replaceAll(`${dir}/`, '');
  }
  return '';
};

describe('files of resources', () => {
  it('hold any number of documents, each knowing the lines of its fields', () => {
    const [window, policy] = readDocuments([
      file(
        'two.yaml',
        'kind: Window\nname: w\n---\n# empty\n---\nkind: Policy\nname: p\nspec:\n  rings:\n    - name: a\n      percent: 5\n',
      ),
    ]);
    expect(window?.resource).toEqual({ kind: 'Window', name: 'w', spec: {} });
    expect(policy?.at(['spec', 'rings', '0', 'percent'])).toBe(`${dir}/two.yaml:11`);
    expect(policy?.at(['spec', 'rings', '0', 'groups'])).toBe(`${dir}/two.yaml:10`);
    expect(policy?.at(['spec', 'pace'])).toBe(`${dir}/two.yaml:9`);
  });

  it('are found in directories at any depth, by name, and nothing else is', () => {
    mkdirSync(join(dir, 'fleet/sub'), { recursive: true });
    file('fleet/b.yml', 'kind: Window\nname: b\n');
    file('fleet/sub/a.json', '{"kind":"Window","name":"a"}');
    file('fleet/notes.txt', 'no resource');
    expect(readDocuments([join(dir, 'fleet')]).map(({ resource }) => resource.name)).toEqual(['b', 'a']);
  });

  it.each([
    ['kind: Polizy\nname: p\n', 'wrong.yaml:1  kind: '],
    ['kind: Policy\n', 'wrong.yaml:1  name: '],
    ['kind: Policy\nname: p\npolicy: {}\n', 'wrong.yaml:3  policy: there is no such field'],
    ['kind: Policy\nname: p\nname: q\n', 'wrong.yaml:3  '],
    ['kind: Policy\nname: [p\n', 'wrong.yaml:'],
    ['kind: Policy\nname: p\n---\nkind: Policy\nname: p\n', 'wrong.yaml:5  Policy/p stands at wrong.yaml:2 too'],
    ['- a\n', 'wrong.yaml:1  '],
  ])('that are wrong are refused with the line: %j', (text, message) => {
    expect(refusal(text)).toContain(message);
  });

  it('have the fields in the order of the schema, and times that an older reader takes for times', () => {
    const text = yamlOf({
      kind: 'Policy',
      name: 'p',
      spec: { blackouts: [{ to: '2027-01-04', from: '2026-12-18' }], windows: [{ start: '22:00' }], precedence: 5 },
    });
    expect(text).toContain('start: "22:00"');
    expect(text).toContain('- from: "2026-12-18"\n      to: "2027-01-04"');
    expect(text.indexOf('precedence')).toBeLessThan(text.indexOf('windows'));
    expect(text.indexOf('windows')).toBeLessThan(text.indexOf('blackouts'));
  });

  it('give back what was exported, whatever it says', () => {
    const awkward = fc
      .constantFrom('yes', '02:00', '15.10', '1e3', 'null', "it's: #1", ' - x', 'ä\nb', '0x1F')
      .map((one) => one.trim());
    const policy = fc
      .record(
        {
          name: awkward,
          description: fc.string({ maxLength: 40 }),
          platforms: fc.subarray([...Platform.options], { minLength: 1 }),
          target: fc.constantFrom<object>(
            { kind: 'exact', version: '15.10' },
            { kind: 'newest', maximumVersion: '26' },
            { kind: 'newest-minor' },
          ),
          windows: fc.array(
            fc.oneof(
              awkward,
              fc.record({
                days: fc.subarray([...Weekday.options], { minLength: 1 }),
                start: fc.constantFrom('00:00', '02:00', '23:59'),
              }),
            ),
            { minLength: 1, maxLength: 3 },
          ),
          assignment: fc.record({ devices: fc.array(awkward, { maxLength: 3 }) }),
          rings: fc.array(fc.record({ name: awkward, percent: fc.double({ min: 0.1, max: 100, noNaN: true }) }), {
            maxLength: 2,
          }),
          deadline: fc.constantFrom({ date: '2026-12-24' }, { daysAfterRelease: 7 }),
          emergency: fc.boolean(),
        },
        { requiredKeys: ['name'] },
      )
      .map((given) => parseSpec('Policy', given))
      .filter((parsed): parsed is { spec: PolicySpec } => parsed.faults === undefined);
    fc.assert(
      fc.property(policy, ({ spec }) => {
        const [document] = readDocuments([file('out.yaml', `---\n${yamlOf(resourceOf('Policy', spec))}`)]);
        const { kind, name, spec: own } = document!.resource;
        expect(kind).toBe('Policy');
        expect(parseSpec('Policy', { ...own, name })).toEqual({ spec });
      }),
    );
  });
});
