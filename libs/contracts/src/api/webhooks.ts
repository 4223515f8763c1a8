import { z } from 'zod';
import { Instant } from '../ids.ts';
import { page } from './schemas.ts';

/** What a webhook can be told of, in MicroMDM's words: a device's answers, and its check-ins. */
export const WebhookTopic = z.enum([
  'mdm.Connect',
  'mdm.Authenticate',
  'mdm.TokenUpdate',
  'mdm.CheckOut',
  'mdm.UserAuthenticate',
  'mdm.SetBootstrapToken',
  'mdm.GetBootstrapToken',
  'mdm.GetToken',
  'mdm.DeclarativeManagement',
]);
export type WebhookTopic = z.infer<typeof WebhookTopic>;

export const WebhookName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and dashes, at most 63');

const target = z
  .url({ protocol: /^https?$/, error: 'an http or https URL' })
  .max(2000)
  .refine((url) => !/^[^/]+:\/\/[^/?#]*@/.test(url), {
    error: 'a URL without user and password: it is shown to whoever lists webhooks',
  })
  .refine((url) => !url.includes('#'), { error: 'a URL without fragment' });

export const WebhookSpec = z
  .object({
    url: target,
    topics: z.array(WebhookTopic).min(1).default(WebhookTopic.options),
    /** Key of `X-Hmac-Signature`. Sealed and never returned. Absent: the one that is there stays; null: none. */
    secret: z.string().min(1).max(1000).nullable().optional(),
    /** While false nothing is sent, and what happens meanwhile is not kept for it. */
    enabled: z.boolean().default(true),
  })
  .meta({ id: 'WebhookSpec' });
export type WebhookSpec = z.infer<typeof WebhookSpec>;
export type WebhookSpecInput = z.input<typeof WebhookSpec>;

export const Webhook = z
  .object({
    name: WebhookName,
    url: z.string(),
    topics: z.array(WebhookTopic),
    /** Whether deliveries are signed. */
    signed: z.boolean(),
    enabled: z.boolean(),
    createdAt: Instant,
    updatedAt: Instant,
    /** Deliveries that wait, and those that were given up. */
    waiting: z.int(),
    failed: z.int(),
    /** Events that were not kept, since too many deliveries waited already. */
    dropped: z.int(),
    /** When the oldest event that waits happened. */
    oldestWaitingAt: Instant.nullable(),
    /** Why the newest unsuccessful attempt failed; null where nothing waits that was tried. */
    lastError: z.string().nullable(),
  })
  .meta({ id: 'Webhook' });
export type Webhook = z.infer<typeof Webhook>;
export const Webhooks = z.object({ items: z.array(Webhook) }).meta({ id: 'Webhooks' });

export const WebhookDeliveryState = z.enum(['waiting', 'failed']);

/** An event on its way to one webhook. Delivered ones are not kept. */
export const WebhookDelivery = z
  .object({
    /** The `event_id` of the body: the same however often the event comes. */
    eventId: z.guid(),
    topic: WebhookTopic,
    deviceId: z.string(),
    at: Instant,
    state: WebhookDeliveryState,
    attempts: z.int(),
    /** Not tried before; null once failed. */
    nextAt: Instant.nullable(),
    /** Given up then. */
    expiresAt: Instant,
    /** HTTP status of the last attempt; null where there was none. */
    lastStatus: z.int().nullable(),
    lastError: z.string().nullable(),
  })
  .meta({ id: 'WebhookDelivery' });
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;
export const WebhookDeliveryPage = page(WebhookDelivery).meta({ id: 'WebhookDeliveryPage' });
export type WebhookDeliveryPage = z.infer<typeof WebhookDeliveryPage>;

export const WebhookDeliveryDetail = WebhookDelivery.extend({
  /** What is sent; null where the device's answer is no longer kept. */
  body: z.unknown(),
}).meta({ id: 'WebhookDeliveryDetail' });
export type WebhookDeliveryDetail = z.infer<typeof WebhookDeliveryDetail>;
