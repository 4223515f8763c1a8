import { z } from 'zod';
import { defineRequest } from '../envelope.ts';
import { CommandGroup } from '../events/command.ts';
import { CommandId, DeviceId, Instant, TenantId } from '../ids.ts';
import { reply } from './operator.ts';

/** Why a device's queue did not take a command. */
export const CommandRefusal = z.object({
  /** E.g. `removed`, `not-introduced`, `platform`, `channel`, `not-supervised`, `malformed`, `unrecognized`. */
  reason: z.string(),
  /** For a person: what cannot take it, and why. */
  detail: z.string(),
});
export type CommandRefusal = z.infer<typeof CommandRefusal>;

/**
 * Puts commands into queues while somebody waits; committed before it is answered. The queue asks for no push where
 * `push` is false. Results stand in the order of the group's commands.
 */
export const commandPut = defineRequest(
  'command.put',
  z.object({
    tenant: TenantId,
    sentAt: Instant,
    push: z.boolean(),
    /** With `push`: the sender itself pushes at once (`push.now`), so the queue's first push is a repush. */
    senderPushes: z.literal(true).optional(),
    group: CommandGroup,
  }),
  reply(
    z.object({
      results: z.array(
        z.object({
          deviceId: DeviceId,
          commandId: CommandId,
          /** `known`: a command of this id is in that queue, or was; nothing changed. */
          outcome: z.enum(['queued', 'known', 'refused']),
          refusal: CommandRefusal.optional(),
        }),
      ),
    }),
  ),
);

/** Ends one command that its device has not in hand. */
export const commandCancel = defineRequest(
  'command.cancel',
  z.object({ tenant: TenantId, deviceId: DeviceId, commandId: CommandId }),
  /** `in-hand`: the device has it and may still answer. `absent`: nothing of that id waits. */
  reply(z.object({ outcome: z.enum(['cancelled', 'in-hand', 'absent']) })),
);

/** Ends every command of these devices that none has in hand; `inHand` counts what was left. */
export const queueClear = defineRequest(
  'queue.clear',
  z.object({ tenant: TenantId, deviceIds: z.array(DeviceId).min(1).max(1000) }),
  reply(z.object({ cleared: z.int(), inHand: z.int() })),
);

/**
 * Pushes at once while somebody waits, before all others within the shared budget. Answered within 4 seconds: what is not
 * done by then is `failed`. Results stand in the order of the ids. `push.sent` says the same to everybody else.
 */
export const pushNow = defineRequest(
  'push.now',
  z.object({ tenant: TenantId, deviceIds: z.array(DeviceId).min(1).max(1000), expiresAt: Instant }),
  reply(
    z.object({
      results: z.array(
        z.object({
          deviceId: DeviceId,
          /** As in `push.sent`. */
          outcome: z.enum(['accepted', 'gone', 'rejected', 'failed', 'no-address', 'no-certificate', 'expired']),
          apnsId: z.string().optional(),
          reason: z.string().optional(),
        }),
      ),
    }),
  ),
);
