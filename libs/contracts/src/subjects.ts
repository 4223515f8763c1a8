import type { MessageDefinition, RequestDefinition } from './envelope.ts';
import { partitionOf } from './ids.ts';

/** `<prefix>.<kind>.<tenant>.<name>.<partition>`; the key (a device or batch id) only chooses the partition. */
export function subjectFor(prefix: string, definition: MessageDefinition, tenant: string, key: string): string {
  return `${prefix}.${definition.kind}.${tenant}.${definition.name}.${partitionOf(key)}`;
}

/** The tenant token of a message's subject. */
export function tenantOfSubject(subject: string): string {
  // Asked of each message: no list of tokens is made of it.
  const start = subject.indexOf('.', subject.indexOf('.') + 1) + 1;
  if (start < 2) return '';
  const end = subject.indexOf('.', start);
  return end < 0 ? subject.slice(start) : subject.slice(start, end);
}

/** Matches every tenant and partition of a message. */
export function subjectFilter(prefix: string, definition: MessageDefinition): string {
  return `${prefix}.${definition.kind}.*.${definition.name}.*`;
}

export function requestSubject(prefix: string, definition: RequestDefinition): string {
  return `${prefix}.request.${definition.name}`;
}
