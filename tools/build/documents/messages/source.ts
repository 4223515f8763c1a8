import * as contracts from '@lamplighter/contracts';
import type { MessageDefinition, RequestDefinition } from '@lamplighter/contracts';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { z } from 'zod';
import { root } from '../../paths.ts';

/** What the docstrings of an object's members say, member by member. */
export interface MemberDocs {
  [member: string]: { says: string | undefined; inside: MemberDocs };
}

export interface Documented<D> {
  /** The constant that holds it. */
  readonly constant: string;
  readonly definition: D;
  readonly says: string;
}

interface Declared {
  says: string;
  members: MemberDocs;
}

/** Every exported constant of the contracts that is declared by a call, with what is written above it. */
function declarations(): Map<string, Declared> {
  const found = new Map<string, Declared>();
  for (const path of globSync('libs/contracts/src/**/*.ts', { cwd: root }).filter(
    (each) => !each.endsWith('.spec.ts'),
  )) {
    const text = readFileSync(join(root, path), 'utf8');
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    file.forEachChild((node) => {
      if (!ts.isVariableStatement(node)) return;
      for (const { name, initializer } of node.declarationList.declarations) {
        if (initializer && ts.isIdentifier(name)) {
          found.set(name.text, { says: docOf(node) ?? '', members: membersOf(initializer) });
        }
      }
    });
  }
  return found;
}

function docOf(node: ts.Node): string | undefined {
  const [doc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1);
  return ts.getTextOfJSDocComment(doc?.comment)?.replaceAll(/\s+/g, ' ').trim();
}

/** Of the first object that is written inside of this expression. */
function membersOf(expression: ts.Node): MemberDocs {
  if (ts.isObjectLiteralExpression(expression)) {
    return Object.fromEntries(
      expression.properties.filter(ts.isPropertyAssignment).map((property) => {
        return [property.name.getText(), { says: docOf(property), inside: membersOf(property.initializer) }];
      }),
    );
  }
  let first: MemberDocs = {};
  expression.forEachChild((child) => {
    if (Object.keys(first).length === 0) first = membersOf(child);
  });
  return first;
}

const declared = declarations();
const exported = Object.entries(contracts as Record<string, unknown>);

function documented<D>(definition: D): Documented<D> {
  const constant = exported.find(([, value]) => value === definition)?.[0] ?? '';
  return { constant, definition, says: declared.get(constant)?.says ?? '' };
}

/** In the order of the catalogue. */
export const allMessages: readonly Documented<MessageDefinition>[] = contracts.messages.map((each) =>
  documented<MessageDefinition>(each),
);

export const allRequests: readonly Documented<RequestDefinition>[] = exported
  .map(([, value]) => value)
  .filter((value): value is RequestDefinition => typeof value === 'object' && value !== null && 'output' in value)
  .map(documented);

/** A message's item is written in its definition, or is a constant of its own, whose members are then written there. */
const constantOf = new Map<unknown, string>([
  ...allMessages.map(({ constant, definition }) => [definition.item, constant] as const),
  ...exported.filter(([, value]) => value instanceof z.ZodType).map(([name, value]) => [value, name] as const),
]);

type Json = Record<string, unknown>;

/** The JSON Schema (draft 7) of a contract's schema, with what the docstrings say of its members; members may be added. */
export function jsonSchemaOf(schema: z.ZodType): Json {
  const made = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema }) => {
      const docs = declared.get(constantOf.get(zodSchema) ?? '');
      if (docs) describe(jsonSchema as Json, docs.members);
      // The format says it for readers; the expression is a screenful.
      if (jsonSchema.format === 'date-time' || jsonSchema.format === 'uuid') delete jsonSchema.pattern;
      // What any member may be is said by saying nothing.
      if (Object.keys((jsonSchema.additionalProperties as object | undefined) ?? { no: 1 }).length === 0) {
        delete jsonSchema.additionalProperties;
        delete jsonSchema.propertyNames;
      }
      // Not a format of draft 7; `contentEncoding` says the same.
      if (String(jsonSchema.format) === 'base64') delete jsonSchema.format;
    },
  }) as Json;
  delete made['$schema'];
  const { definitions, ...own } = made;
  return inPlace(own, (definitions ?? {}) as Record<string, Json>) as Json;
}

/** Named schemas stand beside the one that refers to them; within a document that would be somewhere else. */
function inPlace(value: unknown, named: Record<string, Json>): unknown {
  if (Array.isArray(value)) return value.map((one) => inPlace(one, named));
  if (typeof value !== 'object' || value === null) return value;
  const { $ref, ...rest } = value as Json;
  const found = typeof $ref === 'string' ? named[$ref.replace('#/definitions/', '')] : undefined;
  const whole = found === undefined ? value : { ...found, ...rest };
  return Object.fromEntries(
    Object.entries(whole as Json)
      .filter(([key]) => found === undefined || key !== 'id')
      .map(([key, member]) => [key, inPlace(member, named)]),
  );
}

function describe(schema: Json, docs: MemberDocs): void {
  const properties = (schema['properties'] ?? {}) as Record<string, Json>;
  for (const [name, { says, inside }] of Object.entries(docs)) {
    const property = properties[name];
    if (!property) continue;
    if (says !== undefined) property['description'] ??= says;
    describe((property['items'] as Json | undefined) ?? property, inside);
  }
}
