import { Name, RESOURCE_SPECS, type ResourceKind } from '@lamplighter/contracts';
import { z } from 'zod';

type Json = Record<string, unknown>;

/** The JSON Schema (draft 7) of one document of a file: kind, name and spec. Unknown fields are refused, as the API does. */
export function resourceSchema(kind: ResourceKind, describe: (schema: z.ZodType) => Json = plain): Json {
  const spec = closed(describe(RESOURCE_SPECS[kind])) as { properties: Json; required?: string[] };
  const { name: _, ...properties } = spec.properties;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `Lamplighter ${kind}`,
    type: 'object',
    required: ['kind', 'name'],
    additionalProperties: false,
    properties: {
      kind: { const: kind },
      name: { ...describe(Name), description: `Names the ${kind.toLowerCase()}; others of its kind have another.` },
      spec: { ...spec, properties, required: (spec.required ?? []).filter((field) => field !== 'name') },
    },
  };
}

function plain(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  return json as Json;
}

/** Objects whose fields are listed take no others. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, closed(inner)] as const);
  const isObject = 'properties' in value && (value as Json)['type'] === 'object';
  return { ...(isObject ? { additionalProperties: false } : {}), ...Object.fromEntries(entries) };
}
