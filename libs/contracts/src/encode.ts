import type { Message, MessageDefinition } from './envelope.ts';

/** Media type of a message on the wire: one CloudEvent, structured mode, JSON. */
export const CLOUD_EVENT = 'application/cloudevents+json';

/** `command.enqueue` of version 1 → `io.lamplighter.command.enqueue.v1`: the CloudEvents `type`. */
export function cloudEventType({ name, version }: Pick<MessageDefinition, 'name' | 'version'>): string {
  return `io.lamplighter.${name}.v${version}`;
}

/** `/lamplighter/<name>`: ids derive from causes and one cause may have messages of several names. */
export function cloudEventSource(name: string): string {
  return `/lamplighter/${name}`;
}

/**
 * A message as it travels and as outboxes keep it: a CloudEvent 1.0 in structured mode, `data` an array of items, with the
 * extension attributes `tenant` and, where one trace covers all items, `traceparent`
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md).
 */
export function encodeMessage(message: Message<unknown>): Buffer {
  const { id, name, tenant, occurredAt, traceparent, items } = message;
  return Buffer.from(
    JSON.stringify({
      specversion: '1.0',
      id,
      source: cloudEventSource(name),
      type: cloudEventType(message),
      time: occurredAt,
      tenant,
      traceparent,
      datacontenttype: 'application/json',
      data: items,
    }),
  );
}
