import { describe, expect, it } from '@jest/globals';
import {
  compareOsVersions,
  declarativeManagement,
  parsePlist,
  plistDictFragment,
  tokensDocument,
  validateFacts,
  type DeclarationKind,
} from '@lamplighter/apple';
import fc from 'fast-check';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { factsOf } from '../../../tools/schema/src/facts.ts';
import { readSchema } from '../../../tools/schema/src/read-schema.ts';
import { declarationOf } from '../../ddm/src/domain/declaration.ts';
import { manifestOf } from '../../ddm/src/domain/manifest.ts';
import { subscriptionsOf } from '../../ddm/src/domain/subscriptions.ts';

const SCHEMA =
  process.env['LAMP_APPLE_SCHEMA'] ?? join(resolve(import.meta.dirname, '../../../'), '../shared/apple-schema');
const here = existsSync(SCHEMA);
if (!here) {
  process.stdout.write(`skipped: LAMP_APPLE_SCHEMA names no checkout of github.com/apple/device-management\n`);
}

const AT = new Date('2026-11-22T00:00:00.500Z');
const SYSTEMS = [
  ['macOS', ['13.0', '14.0', '15.0', '26.0', '27.0']],
  ['iOS', ['16.0', '17.0', '18.0', '26.0', '27.0']],
  ['iPadOS', ['17.0', '26.0']],
  ['tvOS', ['16.0', '18.4', '26.0']],
  ['visionOS', ['1.1', '26.0']],
  ['watchOS', ['10.0', '26.0']],
] as const;
const devices = SYSTEMS.flatMap(([platform, versions]) => versions.map((osVersion) => ({ platform, osVersion })));
const kinds: readonly DeclarationKind[] = ['activation', 'asset', 'configuration', 'management'];

const member = fc.record({
  identifier: fc.string({ minLength: 1, maxLength: 12 }),
  type: fc.constantFrom('com.apple.configuration.a', 'com.apple.configuration.b'),
  kind: fc.constantFrom(...kinds),
  serverToken: fc.string({ minLength: 1 }),
  configurations: fc.array(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 2 }),
});

/** What this product sends devices by itself, held against the YAML that Apple publishes. */
(here ? describe : describe.skip)("by Apple's own files nothing is wrong with", () => {
  const files = () => [
    ...readSchema(SCHEMA, 'declarative/declarations'),
    ...readSchema(SCHEMA, 'declarative/protocol'),
    ...readSchema(SCHEMA, 'mdm/commands'),
  ];
  const factsAt = (path: string) => {
    const file = files().find((one) => one.path.endsWith(path))!;
    return factsOf(file, path.includes('commands') ? 'plist' : 'json');
  };

  it('any manifest and its tokens', () => {
    const [items, tokens] = [factsAt('declarationitemsresponse.yaml'), factsAt('tokensresponse.yaml')];
    fc.assert(
      fc.property(fc.array(member, { maxLength: 8 }), fc.boolean(), (members, isKnown) => {
        const takes = isKnown ? new Set(['com.apple.configuration.a']) : undefined;
        const manifest = manifestOf(members, takes, AT);
        expect(validateFacts(items, JSON.parse(manifest.itemsDocument))).toEqual([]);
        expect(validateFacts(tokens, JSON.parse(manifest.tokensDocument))).toEqual([]);
        const listed = [...manifest.identifiers, ...manifest.leftOut].toSorted();
        expect(listed).toEqual([...new Set(members.map(({ identifier }) => identifier))].toSorted());
      }),
    );
  });

  it('the command that tells of them', () => {
    const fragment = plistDictFragment(declarativeManagement(Buffer.from(tokensDocument('token', AT))));
    const { RequestType: _, ...payload } = parsePlist(`<plist>${fragment}</plist>`) as Record<string, unknown>;
    expect(validateFacts(factsAt('commands/declarativemanagement.yaml'), payload)).toEqual([]);
  });

  it('the status subscriptions of every OS: each item is one that it can report', () => {
    const base = factsAt('declarationbase.yaml');
    const items = new Map(
      readSchema(SCHEMA, 'declarative/status').map(({ payload }) => [payload.statusitemtype, payload.supportedOS]),
    );
    for (const { platform, osVersion } of devices) {
      const declarations = subscriptionsOf({ platform, osVersion, kind: 'device' });
      expect([platform, osVersion, declarations?.length]).toEqual([platform, osVersion, 2]);
      for (const { identifier, type, payload } of declarations!) {
        const document = JSON.parse(declarationOf({ identifier, type, payload }).document) as { Payload: unknown };
        expect(validateFacts(base, document)).toEqual([]);
        const file = files().find((one) => one.payload.declarationtype === type)!;
        expect(validateFacts(factsOf(file, 'json'), document.Payload)).toEqual([]);
        for (const { Name } of (payload['StatusItems'] ?? []) as { Name: string }[]) {
          const introduced = items.get(Name)?.[platform === 'iPadOS' ? 'iOS' : platform]?.introduced;
          expect([Name, compareOsVersions(osVersion, introduced ?? '999') >= 0]).toEqual([Name, true]);
        }
      }
    }
  });
});
