import type { Facts } from '@lamplighter/apple';
import { factsOf } from './facts.ts';
import type { Encoding } from './facts.ts';
import { entryOf, nameOf, textOf } from './literal.ts';
import { readSchema } from './read-schema.ts';
import type { RawPayload, SchemaFile } from './read-schema.ts';
import { dictType } from './types.ts';

interface Kind {
  readonly file: string;
  readonly folders: readonly string[];
  /** What a payload of this kind is called; undefined where it is of another kind. */
  readonly nameOf: (payload: RawPayload) => string | undefined;
  readonly encoding: Encoding;
  readonly table: string;
  /** The interface of the types, where there is one. */
  readonly types?: string;
}

const KINDS: readonly Kind[] = [
  {
    file: 'commands.ts',
    folders: ['mdm/commands'],
    nameOf: ({ requesttype }) => requesttype,
    encoding: 'plist',
    table: 'COMMANDS',
    types: 'Commands',
  },
  {
    file: 'declarations.ts',
    folders: ['declarative/declarations'],
    nameOf: ({ declarationtype }) => (declarationtype === 'any' ? undefined : declarationtype),
    encoding: 'json',
    table: 'DECLARATIONS',
    types: 'Declarations',
  },
  {
    file: 'documents.ts',
    folders: ['declarative/declarations', 'declarative/protocol'],
    nameOf: ({ declarationtype, requesttype, credentialtype }) =>
      declarationtype === 'any' ? 'Declaration' : (requesttype ?? credentialtype),
    encoding: 'json',
    table: 'DOCUMENTS',
    types: 'Documents',
  },
  {
    file: 'status-items.ts',
    folders: ['declarative/status'],
    nameOf: ({ statusitemtype }) => statusitemtype,
    encoding: 'json',
    table: 'STATUS_ITEMS',
  },
];

/** What `libs/apple/src/generated` holds, by file name, as made from a checkout of Apple's device-management schema. */
export function generatedFiles(checkout: string): Record<string, string> {
  return Object.fromEntries(KINDS.map((kind) => [kind.file, textOfKind(kind, checkout)]));
}

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly facts: Facts;
}

function textOfKind(kind: Kind, checkout: string): string {
  const files = kind.folders.flatMap((folder) => readSchema(checkout, folder));
  const entries = files.flatMap((file) => readEntry(kind, file)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const types = kind.types === undefined ? '' : `\n${typesText(kind, kind.types, entries)}`;
  const imports = [
    `import type { Facts${types.includes('JsonInput') ? ', JsonInput' : ''} } from '../schema/model.ts';`,
    ...(types.includes('PlistInput') ? ["import type { PlistInput } from '../plist/plist-value.ts';"] : []),
  ];
  return `// Written by tools/schema from Apple's device-management schema (${kind.folders.join(', ')}). Change the generator, not this file.
${imports.join('\n')}
${types}
${tableText(kind, entries)}`;
}

function readEntry(kind: Kind, file: SchemaFile): Entry[] {
  const name = kind.nameOf(file.payload);
  return name === undefined ? [] : [{ name, path: file.path, facts: factsOf(file, kind.encoding) }];
}

function typesText(kind: Kind, types: string, entries: readonly Entry[]): string {
  const members = entries.map(({ name, path, facts }) => {
    const first = kind.encoding === 'plist' ? [`readonly RequestType: ${textOf(name)};`] : [];
    return `  /** ${path} */\n  readonly ${nameOf(name)}: ${dictType(facts, kind.encoding, '  ', first)};\n`;
  });
  return `export interface ${types} {\n${members.join('')}}\n`;
}

function tableText(kind: Kind, entries: readonly Entry[]): string {
  const members = entries.map(({ name, facts }) => entryOf([name, facts], '  '));
  return `export const ${kind.table}: { readonly [name: string]: Facts | undefined } = {\n${members.join('')}};\n`;
}
