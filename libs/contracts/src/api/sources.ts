import { z } from 'zod';
import { Instant } from '../ids.ts';

/** Another MDM server's name here: part of its webhook's URL. */
export const SourceKey = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes, at most 63');

export const SourceKind = z.enum(['nanomdm', 'micromdm']);
export type SourceKind = z.infer<typeof SourceKind>;

const base = z
  .url({ protocol: /^https?$/, error: 'an http or https URL' })
  .max(2000)
  .refine((url) => !/^[^/]+:\/\/[^/?#]*@/.test(url), {
    error: 'a URL without user and password: the key has its own field',
  })
  .refine((url) => !/[?#]/.test(url), { error: 'a URL without query and fragment' });

const key = z.string().min(1).max(1000);

/** An MDM server beside this one, whose devices are to be updated from here. */
export const SourceSpec = z
  .object({
    kind: SourceKind,
    /** What its API's paths begin with. */
    url: base,
    /** Key of its API. Sealed and never returned. Absent: the one that is there stays, unless scheme, host or port of `url` change. */
    apiKey: key.optional(),
    /** Key of `X-Hmac-Signature` on what it sends. Sealed and never returned. Absent: the one that is there stays; null: none. */
    webhookKey: key.nullable().optional(),
    /** Without a webhookKey: whether its events are taken from anybody, without a token. */
    unauthenticated: z.boolean().default(false),
    /** Calls to it that one process has open at a time. */
    concurrency: z.int().min(1).max(100).default(8),
    timeoutSeconds: z.number().min(0.1).max(120).default(10),
    /** While false nothing is handed to it, and nothing is taken from it. */
    enabled: z.boolean().default(true),
  })
  .meta({ id: 'SourceSpec' });
export type SourceSpec = z.infer<typeof SourceSpec>;
/** What a client writes: all but kind and url has a default. */
export type SourceSpecInput = z.input<typeof SourceSpec>;

export const Source = z
  .object({
    name: SourceKey,
    kind: SourceKind,
    url: z.string(),
    /** Whether what it sends must be signed. */
    signed: z.boolean(),
    unauthenticated: z.boolean(),
    concurrency: z.int(),
    timeoutSeconds: z.number(),
    enabled: z.boolean(),
    createdAt: Instant,
    updatedAt: Instant,
    /** Devices that are enrolled with it. */
    devices: z.int(),
    /** What it sent, as far as the counters reach back: they are in Redis. */
    events: z.object({
      taken: z.int(),
      /** Answers to commands that did not come from here: passed over. */
      foreign: z.int(),
      /** Of devices that are enrolled here or with another source, or overtaken by newer ones: passed over. */
      refused: z.int(),
      lastAt: Instant.nullable(),
    }),
    /** Whether it takes commands. */
    handOver: z.object({
      /** Since when it does not; null while it does. */
      failingSince: Instant.nullable(),
      lastError: z.string().nullable(),
      /** Nothing is handed to it before. */
      pausedUntil: Instant.nullable(),
    }),
  })
  .meta({ id: 'Source' });
export type Source = z.infer<typeof Source>;
export const Sources = z.object({ items: z.array(Source) }).meta({ id: 'Sources' });

/** The sealing context of a source's keys: each opens only for its source. */
export function sourceKeyContext(of: { tenant: string; name: string }, field: 'api-key' | 'webhook-key'): string {
  return `source-${field}:${of.tenant}:${of.name}`;
}
