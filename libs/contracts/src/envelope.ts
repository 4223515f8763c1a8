import { z } from 'zod';
import { Instant, TenantId, Traceparent } from './ids.ts';

/**
 * What every message carries. Messages are batches: one envelope, many items. `encodeMessage` writes them as CloudEvents.
 * Fields are only ever added; unknown ones are kept by no one and refused by no one.
 */
export const Envelope = z.object({
  /** Derived from the cause: a repeat has the same id and is dropped by the broker or by a unique key. */
  id: z.string().min(1).max(200),
  name: z.string(),
  version: z.int().min(1),
  tenant: TenantId,
  occurredAt: Instant,
  /** Where one trace covers the whole batch; items carry their own otherwise. */
  traceparent: Traceparent.optional(),
});

export type MessageKind = 'event' | 'work';

export interface MessageDefinition<S extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly version: number;
  readonly kind: MessageKind;
  readonly item: S;
}

export type ItemOf<D> = D extends MessageDefinition<infer S> ? z.infer<S> : never;

export interface Message<T> {
  id: string;
  name: string;
  version: number;
  tenant: string;
  occurredAt: string;
  traceparent?: string | undefined;
  items: T[];
}

/** Something that happened; kept for a time and replayable (limits retention). Name: noun, past verb. */
export function defineEvent<S extends z.ZodType>(name: string, version: number, item: S): MessageDefinition<S> {
  return { name, version, kind: 'event', item };
}

/** Something to be done once; gone when done (work-queue retention). Name: noun, verb. */
export function defineWork<S extends z.ZodType>(name: string, version: number, item: S): MessageDefinition<S> {
  return { name, version, kind: 'work', item };
}

/** Makes a message of this definition; `id` must derive from the cause. */
export function message<S extends z.ZodType>(
  definition: MessageDefinition<S>,
  head: { id: string; tenant: string; at: Date; traceparent?: string | undefined },
  items: z.infer<S>[],
): Message<z.infer<S>> {
  return {
    id: head.id,
    name: definition.name,
    version: definition.version,
    tenant: head.tenant,
    occurredAt: head.at.toISOString(),
    ...(head.traceparent === undefined ? {} : { traceparent: head.traceparent }),
    items,
  };
}

export interface RequestDefinition<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly input: I;
  readonly output: O;
}

/** NATS request/reply: only where a device holds the line open or an operator waits for an answer. */
export function defineRequest<I extends z.ZodType, O extends z.ZodType>(
  name: string,
  input: I,
  output: O,
): RequestDefinition<I, O> {
  return { name, input, output };
}
export type InputOf<D> = D extends RequestDefinition<infer I, z.ZodType> ? z.infer<I> : never;
export type OutputOf<D> = D extends RequestDefinition<z.ZodType, infer O> ? z.infer<O> : never;
