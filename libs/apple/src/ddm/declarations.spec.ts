import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readClientCapabilities } from './client-capabilities.ts';
import { declarationKindOf } from './declaration-kind.ts';
import { configurationsOf, statusItemsFor } from './declarations.ts';
import { declarationsTokenOf, serverTokenOf } from './server-token.ts';

const TYPE = 'com.apple.configuration.management.test';
const payload = fc.dictionary(fc.string(), fc.jsonValue());

/** The same content with the keys of every dictionary in another order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, inner]) => [key, reversed(inner)]));
}

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1))
      : inner,
  );

describe('a ServerToken', () => {
  it('is the same for the same content in any order of its keys, and another for any other', () => {
    fc.assert(
      fc.property(payload, payload, (one, other) => {
        expect(serverTokenOf(TYPE, reversed(one))).toBe(serverTokenOf(TYPE, one));
        expect(serverTokenOf(TYPE, one) === serverTokenOf(TYPE, other)).toBe(sorted(one) === sorted(other));
        expect(serverTokenOf('com.apple.asset.data', one)).not.toBe(serverTokenOf(TYPE, one));
        expect(serverTokenOf(TYPE, one, 1)).not.toBe(serverTokenOf(TYPE, one));
      }),
    );
  });
});

describe('a DeclarationsToken', () => {
  it('is the same for the same declarations in any order, and another where one is new, gone or changed', () => {
    const item = fc.record({
      identifier: fc.stringMatching(/^[a-z]{1,3}$/),
      serverToken: fc.stringMatching(/^[0-9a-f]{2}$/),
    });
    const items = fc.uniqueArray(item, { selector: (one) => one.identifier, minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(items, (all) => {
        const token = declarationsTokenOf(all);
        expect(declarationsTokenOf(all.toReversed())).toBe(token);
        expect(declarationsTokenOf(all.slice(1))).not.toBe(token);
        expect(declarationsTokenOf([{ ...all[0]!, serverToken: 'new' }, ...all.slice(1)])).not.toBe(token);
        expect(declarationsTokenOf([...all, { identifier: 'another', serverToken: '00' }])).not.toBe(token);
      }),
    );
  });
});

describe('a declaration', () => {
  it('has the kind that its type names', () => {
    expect(declarationKindOf('com.apple.activation.simple')).toBe('activation');
    expect(declarationKindOf('com.apple.management.properties')).toBe('management');
    for (const none of [
      'com.apple.other.x',
      'com.example.configuration.x',
      'configuration',
      '',
      'com.apple.constructor.x',
    ])
      expect(declarationKindOf(none)).toBeUndefined();
  });

  it('needs configurations where it is an activation', () => {
    expect(configurationsOf('com.apple.activation.simple', { StandardConfigurations: ['a', 1, 'b'] })).toEqual([
      'a',
      'b',
    ]);
    expect(configurationsOf(TYPE, { StandardConfigurations: ['a'] })).toEqual([]);
  });
});

describe('client capabilities', () => {
  const of = (declarations: unknown, items: unknown = []) =>
    readClientCapabilities({ 'supported-payloads': { declarations, 'status-items': items } });

  it('name declarations and status items, each once, in order', () => {
    expect(of({ configurations: ['c', 'b', 'c'], activations: ['a'] }, ['y', 'x'])).toEqual({
      declarations: ['a', 'b', 'c'],
      statusItems: ['x', 'y'],
    });
  });

  it('that name no declaration are not known: a device must not lose all it has by a broken report', () => {
    for (const broken of [undefined, null, [], 'text', {}, { configurations: [] }, { configurations: 'text' }]) {
      expect(of(broken)).toBeUndefined();
    }
    expect(readClientCapabilities(undefined)).toBeUndefined();
    fc.assert(fc.property(fc.jsonValue(), (any) => void readClientCapabilities(any)));
  });
});

describe('status items', () => {
  const target = { channel: 'device', userEnrollment: false } as const;
  it('are those that an OS can report', () => {
    const of = (platform: 'macOS' | 'iOS', osVersion: string) =>
      statusItemsFor(['softwareupdate.'], { ...target, platform, osVersion });
    expect(of('macOS', '13.6')).toEqual([]);
    expect(of('macOS', '14.0')).toContain('softwareupdate.install-state');
    expect(of('iOS', '17.0')).not.toContain('softwareupdate.device-id');
    expect(of('iOS', '18.0')).toContain('softwareupdate.device-id');
  });
});
