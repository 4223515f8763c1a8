import {
  cloudEventSource,
  cloudEventType,
  type MessageDefinition,
  TenantId,
  Traceparent,
} from '@lamplighter/contracts';
import { jsonSchemaOf, type Documented } from './source.ts';
import { sampleOf } from './sample.ts';

type Json = Record<string, unknown>;

export function schemaFile({ name, version }: MessageDefinition): string {
  return `${name}.v${version}.json`;
}

/** The schema of a message, complete in itself. */
export function schemaDocument(each: Documented<MessageDefinition>): Json {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...wireSchema(each, '#/definitions/item'),
    definitions: { item: jsonSchemaOf(each.definition.item) },
  };
}

/**
 * A whole message as it travels: the CloudEvent with its items, whose schema is at `item`. Members that nobody knows are
 * allowed everywhere.
 */
export function wireSchema({ definition, says }: Documented<MessageDefinition>, item: string): Json {
  return {
    title: cloudEventType(definition),
    description: says,
    type: 'object',
    required: ['specversion', 'id', 'source', 'type', 'data'],
    properties: {
      specversion: { const: '1.0' },
      id: {
        type: 'string',
        minLength: 1,
        maxLength: 200,
        description: 'With `source`, the same for every repeat of this message and for no other.',
      },
      source: {
        type: 'string',
        minLength: 1,
        format: 'uri-reference',
        description: `\`${cloudEventSource(definition.name)}\` where it is Lamplighter's own.`,
      },
      type: { const: cloudEventType(definition) },
      time: { type: 'string', format: 'date-time', description: 'When it happened; its arrival, where it is absent.' },
      tenant: {
        ...jsonSchemaOf(TenantId),
        description: 'The tenant token of the subject, or absent; any other value is refused.',
      },
      traceparent: {
        ...jsonSchemaOf(Traceparent),
        description: 'W3C trace of the whole batch (Distributed Tracing extension).',
      },
      datacontenttype: { type: 'string', default: 'application/json' },
      data: {
        description: "The items. Lamplighter's own messages hold an array; one item alone is taken as well.",
        oneOf: [{ type: 'array', items: { $ref: item } }, { $ref: item }],
      },
    },
  };
}

/** The example of a message, made from its schema. */
export function example({ definition }: Documented<MessageDefinition>): Json {
  const { traceparent, ...item } = sampleOf(jsonSchemaOf(definition.item)) as Json;
  return {
    specversion: '1.0',
    id: '5b0c6d8e-41a7-8f23-b9d4-6e1f0a7c3d52',
    source: cloudEventSource(definition.name),
    type: cloudEventType(definition),
    time: '2026-11-22T02:00:00.000Z',
    tenant: 'default',
    datacontenttype: 'application/json',
    data: [traceparent === undefined ? item : { ...item, traceparent }],
  };
}
