import { z } from 'zod';
import { cloudEventType } from './encode.ts';
import { Envelope, type Message, type MessageDefinition } from './envelope.ts';
import { AppError } from './errors.ts';
import { Instant, TENANT, TenantId, Traceparent } from './ids.ts';
import { usualCheck } from './usual-check.ts';

/** What the broker knows of a message, whatever the message says. */
export interface Arrival {
  /** The tenant token of its subject: who may write to the subject may write for this tenant, and for no other. */
  tenant: string;
  /** When the broker stored it; the same at every delivery. */
  at: Date;
}

/** Turns the bytes of one kind of message into what handlers get. Throws AppError `message.…`: a dead letter. */
export type Decoder = (text: string, arrival: Arrival) => Message<unknown>;

/** CloudEvents' own attributes and extensions; null is absent, what is not named here is ignored. */
const Attributes = z.object({
  id: z.string().min(1).max(200),
  source: z.string().min(1),
  time: Instant.nullish(),
  tenant: TenantId.nullish(),
  // A trace that cannot be followed is no reason to refuse what it traces.
  traceparent: Traceparent.nullish().catch(undefined),
  datacontenttype: z
    .string()
    .regex(/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i, 'not JSON; data_base64 is not read')
    .nullish(),
});

/** Our own shape before CloudEvents; still in streams and outboxes while an upgrade rolls through. */
const Plain = Envelope.omit({ name: true, version: true });

type Head = Pick<Message<unknown>, 'id' | 'occurredAt' | 'traceparent'> & { tenant: string | undefined };
type Body = Record<string, unknown>;

/** Reads CloudEvents in structured mode whose `data` is one item or an array of items, and messages of our older shape. */
export function decoderOf(definition: MessageDefinition): Decoder {
  const items = z.array(definition.item);
  const isUsual = usualCheck(items);
  return (text, arrival) => {
    const body = bodyOf(text, definition);
    const cloudEvent = 'specversion' in body;
    checkType(body, cloudEvent, definition);
    const head = cloudEvent ? cloudEventHead(body, arrival, definition) : plainHead(body, definition);
    const tenant = tenantOf(head, arrival, definition);
    const given = cloudEvent ? (Array.isArray(body['data']) ? body['data'] : [body['data']]) : body['items'];
    const checked = isUsual?.(given)
      ? (given as unknown[])
      : take(items, given, definition, cloudEvent ? 'data' : 'items');
    const { name, version } = definition;
    return { ...head, name, version, tenant, items: checked };
  };
}

function bodyOf(text: string, { name }: MessageDefinition): Body {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new AppError('message.invalid', `a ${name} message is not JSON`);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new AppError('message.invalid', `a ${name} message is not a JSON object`);
  }
  return body as Body;
}

function checkType(body: Body, cloudEvent: boolean, definition: MessageDefinition): void {
  const wanted = cloudEventType(definition);
  if (cloudEvent && body['specversion'] !== '1.0') {
    const shown = JSON.stringify(body['specversion']).slice(0, 20);
    throw new AppError('message.unknown-type', `a ${definition.name} message has specversion ${shown}, not "1.0"`);
  }
  const type = cloudEvent ? body['type'] : `io.lamplighter.${String(body['name'])}.v${String(body['version'])}`;
  if (type === wanted) return;
  throw new AppError(
    'message.unknown-type',
    `a message on a subject of ${definition.name} has the type ${JSON.stringify(type)?.slice(0, 200)}, not "${wanted}"`,
    { remedy: 'publish it with that type; a newer version needs a newer release of the service that reads it' },
  );
}

const INSTANT = z.regexes.datetime({ offset: true });
const isShort = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 200;
const isLike = (value: unknown, pattern: RegExp): value is string => typeof value === 'string' && pattern.test(value);

/**
 * The head that nearly every message has: as `encodeMessage` writes it, without a trace. What is taken here, `Attributes` would
 * take as it is, and decoding would take two fifths longer; whatever else comes, it judges.
 */
function usualHead({ id, source, time, tenant, traceparent, datacontenttype }: Body): Head | undefined {
  if (traceparent !== undefined || datacontenttype !== 'application/json' || !isShort(id) || !isShort(source)) return;
  if (isLike(time, INSTANT) && isLike(tenant, TENANT)) return { id, tenant, occurredAt: time };
}

function cloudEventHead(body: Body, arrival: Arrival, definition: MessageDefinition): Head {
  const usual = usualHead(body);
  if (usual) return usual;
  const { id, time, tenant, traceparent } = take(Attributes, body, definition);
  return {
    id,
    tenant: tenant ?? undefined,
    occurredAt: time ?? arrival.at.toISOString(),
    ...(traceparent == null ? {} : { traceparent }),
  };
}

function plainHead(body: Body, definition: MessageDefinition): Head {
  return take(Plain, body, definition);
}

/** Who may publish for one tenant must not reach another's devices by what is written inside. */
function tenantOf(head: Head, arrival: Arrival, { name }: MessageDefinition): string {
  if (head.tenant === undefined && TenantId.safeParse(arrival.tenant).success) return arrival.tenant;
  if (head.tenant === arrival.tenant) return arrival.tenant;
  throw new AppError(
    'message.wrong-tenant',
    `a ${name} message of tenant ${head.tenant ?? '(none)'} came on a subject of tenant ${arrival.tenant}`,
    { remedy: 'publish it on a subject of its own tenant, or leave the attribute out' },
  );
}

function take<S extends z.ZodType>(schema: S, given: unknown, { name }: MessageDefinition, at?: string): z.infer<S> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues
    .slice(0, 20)
    .map((issue) => ({ path: [...(at ? [at] : []), ...issue.path].join('.'), message: issue.message }));
  const shown = fields.slice(0, 3).map((field) => `${field.path}: ${field.message}`);
  throw new AppError('message.invalid', `a ${name} message is not of its shape: ${shown.join('; ')}`, { fields });
}
