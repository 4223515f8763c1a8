import { z } from 'zod';
import { DeviceId, Instant } from '../ids.ts';
import { page } from './schemas.ts';

const at = Instant.nullable();

/** What is to be done: one of the two. */
const What = {
  /**
   * Apple's Command dictionary with its own key names, `RequestType` among them. JSON has neither data nor dates: write
   * `{"$data": "<base64>"}` and `{"$date": "<ISO 8601>"}`.
   */
  command: z.looseObject({ RequestType: z.string().min(1).max(100) }).optional(),
  /** The same as an XML plist: the Command dictionary, or the whole of `{Command, CommandUUID}` (whose id is not used). */
  plist: z.string().min(1).optional(),
};

const Terms = {
  /** Not handed over, and no push for it, before this. */
  notBefore: Instant.optional(),
  /** Never handed over from here on. Default: `LAMP_COMMAND_DAYS` (7 days) from now. */
  expiresAt: Instant.optional(),
  /** At most one undelivered command of a request type and purpose waits for a device: a newer one takes its place. */
  purpose: z.string().min(1).max(100).optional(),
  /** How often a device's `Error` puts the command back into the queue. */
  retries: z.int().min(0).max(10).optional(),
  /** Whether the device is woken for it. */
  push: z.boolean().default(true),
};

export const CommandOrder = z.object({ ...What, ...Terms }).meta({ id: 'CommandOrder' });
export type CommandOrder = z.infer<typeof CommandOrder>;
/** What a client writes: all but the command has a default. */
export type CommandOrderInput = z.input<typeof CommandOrder>;

export const CommandBatchOrder = CommandOrder.extend({
  deviceIds: z.array(DeviceId).min(1).max(10_000),
}).meta({ id: 'CommandBatchOrder' });
export type CommandBatchOrder = z.infer<typeof CommandBatchOrder>;

export const CommandTicket = z
  .object({
    deviceId: z.string(),
    /** The CommandUUID. Derived from tenant, Idempotency-Key and device, so that a repeat changes nothing. */
    commandId: z.guid(),
    /** `known`: a command of this id is in that queue, or was; nothing changed. `failed`: not known whether; repeat it. */
    outcome: z.enum(['queued', 'known', 'refused', 'failed']),
    /** Why it was refused or failed. */
    refusal: z.object({ reason: z.string(), detail: z.string() }).optional(),
  })
  .meta({ id: 'CommandTicket' });
export type CommandTicket = z.infer<typeof CommandTicket>;

export const SentCommand = CommandTicket.extend({ requestType: z.string(), expiresAt: Instant }).meta({
  id: 'SentCommand',
});
export type SentCommand = z.infer<typeof SentCommand>;

export const CommandBatch = z
  .object({
    requestType: z.string(),
    expiresAt: Instant,
    queued: z.int(),
    known: z.int(),
    refused: z.int(),
    failed: z.int(),
    /** In the order of the device ids; one for each device. */
    results: z.array(CommandTicket),
  })
  .meta({ id: 'CommandBatch' });
export type CommandBatch = z.infer<typeof CommandBatch>;

/** Why a command still waits. */
export const Waiting = z
  .object({
    reason: z.enum([
      'not-enrolled',
      'expired',
      'not-before',
      'in-hand',
      'not-handed-over',
      'behind',
      'unreachable',
      'no-push-certificate',
      'not-now',
      'not-pushed',
      'not-come',
    ]),
    /** In plain words, with the instants that matter. */
    detail: z.string(),
    /** Since when this is so; null where nothing says. */
    since: at,
    /** When the queue looks at it by itself: a push or its end is due. */
    nextLookAt: at,
  })
  .meta({ id: 'Waiting' });
export type Waiting = z.infer<typeof Waiting>;

export const CommandItem = z
  .object({
    commandId: z.guid(),
    requestType: z.string(),
    /** What it is for: a rollout id, or who asked for it. */
    cause: z.string(),
    lane: z.enum(['security', 'update', 'inventory']),
    /**
     * `queued`, `sent` or `NotNow` while it waits, of another server's device also `handing to nanomdm` (it may be there)
     * and `handed to nanomdm` (it is in that server's queue); then how it ended, e.g. `Acknowledged`, `expired`, `revoked`.
     */
    state: z.string(),
    createdAt: Instant,
    notBefore: at,
    expiresAt: Instant,
    pushCount: z.int(),
    sentAt: at,
    sentCount: z.int(),
    firstNotNowAt: at,
    notNowCount: z.int(),
    finishedAt: at,
    /** Kind of the MDM server that it was handed to, where its device is enrolled with another one. */
    handedTo: z.string().nullable(),
    /** Of one that such a server refused: its words. */
    detail: z.string().nullable(),
    traceId: z.string().nullable(),
    /** Null once it has ended. */
    waiting: Waiting.nullable(),
  })
  .meta({ id: 'CommandItem' });
export type CommandItem = z.infer<typeof CommandItem>;

export const CommandPage = page(CommandItem).meta({ id: 'CommandPage' });
export type CommandPage = z.infer<typeof CommandPage>;

export const CancelledCommand = z.object({ commandId: z.guid(), outcome: z.literal('cancelled') });
export type CancelledCommand = z.infer<typeof CancelledCommand>;

/** `inHand`: commands that the device has and may still answer; they stay. */
export const ClearedQueue = z.object({ cleared: z.int(), inHand: z.int() });
export type ClearedQueue = z.infer<typeof ClearedQueue>;
