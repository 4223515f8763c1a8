import { z } from 'zod';
import { defineEvent } from '../envelope.ts';
import { DeviceId, Instant } from '../ids.ts';

/** Commands that share a body, in columns: a third of the bytes that they are one by one, and of the time to write and read them. */
export const ManyCommands = z.object({
  bodyId: z.guid(),
  deviceIds: z.array(DeviceId).min(1).max(1000),
  /** Of each device in turn the 16 bytes of its command's UUID, all of them as base64. */
  commandIds: z.string().max(22_000),
  /** Of each device in turn 25 bytes of its command's traceparent (trace, parent, flags), all zero where it has none, as base64. */
  traceparents: z.string().max(34_000).optional(),
});
export type ManyCommands = z.infer<typeof ManyCommands>;

/**
 * As `command.enqueued`, of an order for many devices: these commands are committed to their devices' queues. Only new ones are named,
 * and none is named by both events.
 */
export const commandsEnqueued = defineEvent(
  'commands.enqueued',
  1,
  z.object({
    deviceIds: z.array(DeviceId).min(1).max(1000),
    /** Of each device in turn the 16 bytes of its command's UUID, all of them as base64. */
    commandIds: z.string().max(22_000),
    /** Of each device in turn 25 bytes of its command's traceparent (trace, parent, flags), all zero where it has none, as base64. */
    traceparents: z.string().max(34_000).optional(),
    /** Their devices are to be woken for them now; becomes apns-expiration. Absent: nobody is to push for them yet, or somebody else does. */
    pushUntil: Instant.optional(),
  }),
);
