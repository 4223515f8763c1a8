import { z } from 'zod';
import { defineEvent, defineWork } from '../envelope.ts';
import { CommandId, DeviceId, Instant, Traceparent } from '../ids.ts';
import { ManyCommands } from './many-commands.ts';

/** Lower is sooner: security actions before updates before inventory. */
export const Priority = { security: 0, update: 10, inventory: 20 } as const;

/** A body that many commands of the batch share. Stored once. */
export const CommandBody = z.object({
  /** `derivedUuid('command-body', command)`. */
  bodyId: z.guid(),
  requestType: z.string().min(1).max(100),
  /** The Command dictionary as an XML plist fragment, `<dict>…</dict>`. */
  command: z.string().min(1),
});
export type CommandBody = z.infer<typeof CommandBody>;

export const NewCommand = z.object({
  deviceId: DeviceId,
  commandId: CommandId,
  bodyId: z.guid(),
  traceparent: Traceparent.optional(),
});
export type NewCommand = z.infer<typeof NewCommand>;

/** One group of commands with the same terms, as it travels. They number at most 1,000 over the whole message. */
export const EnqueueGroup = z.object({
  /** What it is for: a rollout id, `inventory`, … Shown to operators. */
  cause: z.string().max(200),
  /** Absent: the lane of each command's request type. */
  priority: z.int().min(0).max(99).optional(),
  /** Not handed over, and no push for it, before this. */
  notBefore: Instant.optional(),
  /** Never handed over from here on. */
  expiresAt: Instant,
  /**
   * At most one undelivered command of a request type and purpose waits for a device: a newer one takes its place. A
   * ScheduleOSUpdate takes the place of any other.
   */
  purpose: z.string().min(1).max(100).optional(),
  /** How often a device's `Error` puts the command back into the queue. Absent: 0, or by request type for `command.put`. */
  retries: z.int().min(0).max(10).optional(),
  bodies: z.array(CommandBody).min(1),
  commands: z.array(NewCommand).max(1000),
  /** More of them, as a rule those of an order for many devices. */
  many: z.array(ManyCommands).max(100).optional(),
});
export type EnqueueGroup = z.infer<typeof EnqueueGroup>;

/** A group whose commands are all named one by one. */
export const CommandGroup = EnqueueGroup.omit({ many: true }).extend({
  commands: z.array(NewCommand).min(1).max(1000),
});
export type CommandGroup = z.infer<typeof CommandGroup>;

/** Put these commands into their devices' queues. A repeated commandId changes nothing. */
export const commandEnqueue = defineWork('command.enqueue', 1, EnqueueGroup);

/**
 * Take back what no device has in hand of this cause: queued and NotNow commands. What was handed over may still be
 * answered. Commands of the cause that were sent for before this message and arrive after it are refused. With `commands`
 * only these of the cause are taken back, each that was is announced by `command.ended`, and none is refused later.
 */
export const commandRevoke = defineWork(
  'command.revoke',
  1,
  z.object({
    cause: z.string().max(200),
    commands: z
      .array(z.object({ deviceId: DeviceId, commandId: CommandId }))
      .min(1)
      .max(1000)
      .optional(),
  }),
);

/** These commands are committed to their devices' queues. Only new ones are named. */
export const commandEnqueued = defineEvent(
  'command.enqueued',
  1,
  z.object({
    deviceId: DeviceId,
    commandId: CommandId,
    /** Its device is to be woken for it now; becomes apns-expiration. Absent: nobody is to push for it yet, or somebody else does. */
    pushUntil: Instant.optional(),
    traceparent: Traceparent.optional(),
  }),
);

const Wake = z.object({
  deviceId: DeviceId,
  /** Becomes apns-expiration. */
  expiresAt: Instant,
  reason: z.enum(['enqueued', 'due', 'repush']),
  traceparent: Traceparent.optional(),
});

/** Wake these devices: something waits for them. */
export const pushRequest = defineWork('push.request', 1, Wake);

/** Wake these again: they did not come. A message of its own, so that many who are away never stand before those who are there. */
export const pushRepeat = defineWork('push.repeat', 1, Wake);

/** What APNs said to each push. */
export const pushSent = defineEvent(
  'push.sent',
  1,
  z.object({
    deviceId: DeviceId,
    at: Instant,
    /** `failed` may succeed later; `gone`: the device is no longer reached at this token; `rejected`: APNs will not take it. */
    outcome: z.enum(['accepted', 'gone', 'rejected', 'failed', 'no-address', 'no-certificate', 'expired']),
    /** APNs' own reason, e.g. Unregistered. */
    reason: z.string().optional(),
    /** No push until a TokenUpdate newer than this. With `gone`, and with `rejected` where it is the token that APNs does not take. */
    goneAt: Instant.optional(),
    /** Where APNs was asked. */
    apnsId: z.string().optional(),
    traceparent: Traceparent.optional(),
  }),
);

/** How a device's answer travels: in the message, compressed, or by reference where it is too large. */
export const AnswerPayload = z.union([
  z.object({ xml: z.string() }),
  z.object({ gzip: z.base64() }),
  z.object({ ref: z.string() }),
]);
export type AnswerPayload = z.infer<typeof AnswerPayload>;

export const AnswerStatus = z.enum(['Acknowledged', 'Error', 'CommandFormatError', 'NotNow']);
export type AnswerStatus = z.infer<typeof AnswerStatus>;

/** A device answered a command. Confirmed by the broker before the device gets its 200. Repeats have the same commandId, status and counts. */
export const commandAnswered = defineEvent(
  'command.answered',
  1,
  z.object({
    deviceId: DeviceId,
    commandId: CommandId,
    requestType: z.string(),
    cause: z.string(),
    status: AnswerStatus,
    receivedAt: Instant,
    /** For NotNow: how often it was said of this command, this time included. */
    notNowCount: z.int().optional(),
    /** Present where the command waits for another try: it is not finished. */
    willRetry: z.literal(true).optional(),
    /** For Error to a command that may be or was tried again: how often it was said of it, this time included. */
    errorCount: z.int().optional(),
    payload: AnswerPayload,
    traceparent: Traceparent.optional(),
  }),
);

/** How a command ended that no answer of its device ended. */
export const EndedOutcome = z.enum([
  /** Its time was up and no device had it in hand. */
  'expired',
  /** Handed over, and no answer came within the grace after its time. An answer may still come. */
  'unanswered',
  /** The enrollment that it was meant for ended. */
  'voided',
  /** A newer command of its request type and purpose took its place before it was handed over. */
  'superseded',
  /** A person took it back before it was handed over. */
  'cancelled',
  /** Its sender took back this very command before it was handed over. */
  'revoked',
  /** It was never queued: its device cannot take it, is not enrolled, or it is malformed. Or its device's own server refused it. */
  'refused',
]);
export type EndedOutcome = z.infer<typeof EndedOutcome>;

/**
 * These commands ended without their device's answer and will not be handed over (again). Commands that their own sender
 * revoked by cause alone are not announced.
 */
export const commandEnded = defineEvent(
  'command.ended',
  1,
  z.object({
    deviceId: DeviceId,
    commandId: CommandId,
    requestType: z.string(),
    cause: z.string(),
    endedAt: Instant,
    outcome: EndedOutcome,
    /** Of `refused`, as in `CommandRefusal`. */
    reason: z.string().optional(),
    /** `voided`: `CheckOut` or `re-enrolled`. `superseded`: the newer command's id. `refused`: the reason in plain words. */
    detail: z.string().optional(),
    /** Whether the device had it in hand and never answered. */
    handedOver: z.boolean(),
    notNowCount: z.int(),
    traceparent: Traceparent.optional(),
  }),
);
