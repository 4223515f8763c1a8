import { z } from 'zod';
import { defineEvent } from '../envelope.ts';
import { CommandId, DeviceId, Instant, Traceparent } from '../ids.ts';

export const UpdateState = z.enum([
  'planned',
  'scanning',
  'available',
  'commanded',
  'downloading',
  'downloaded',
  'installing',
  'installed',
  'failed',
  'superseded',
  'not-eligible',
  'waiting',
]);
export type UpdateState = z.infer<typeof UpdateState>;

/** One device's update moved. */
export const updateAdvanced = defineEvent(
  'update.advanced',
  1,
  z.object({
    rolloutId: z.guid(),
    deviceId: DeviceId,
    from: UpdateState,
    to: UpdateState,
    at: Instant,
    /** A reason code, e.g. `no-update-available`, `window-closed`. */
    reason: z.string().optional(),
    commandId: CommandId.optional(),
    reportId: z.guid().optional(),
    traceparent: Traceparent.optional(),
  }),
);
