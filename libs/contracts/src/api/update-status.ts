import { z } from 'zod';
import { UpdateState } from '../events/update.ts';
import { Instant } from '../ids.ts';

const at = Instant.nullable();

/** How far the update is that a device is at, or was at last: each step with its time, null where it has not come or was never reported. */
export const DeviceUpdateStatus = z
  .object({
    rolloutId: z.guid(),
    policyName: z.string(),
    targetVersion: z.string(),
    targetBuild: z.string(),
    state: UpdateState,
    /** A code of docs/reasons.md; null where nothing is the matter. */
    reason: z.string().nullable(),
    /** What that means, in a few words. */
    reasonTitle: z.string().nullable(),
    plannedAt: at,
    /** ScheduleOSUpdate was handed to the device. */
    commandSentAt: at,
    /** The device acknowledged it. */
    commandReceivedAt: at,
    downloadingAt: at,
    downloadedAt: at,
    installingAt: at,
    installedAt: at,
  })
  .meta({ id: 'DeviceUpdateStatus' });
export type DeviceUpdateStatus = z.infer<typeof DeviceUpdateStatus>;

/** The last update that was brought to the device from here. */
export const LastUpdate = z
  .object({
    rolloutId: z.guid(),
    fromVersion: z.string().nullable(),
    toVersion: z.string(),
    toBuild: z.string(),
    installedAt: Instant,
  })
  .meta({ id: 'LastUpdate' });
export type LastUpdate = z.infer<typeof LastUpdate>;
