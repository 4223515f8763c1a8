import { z } from 'zod';
import { defineRequest } from '../envelope.ts';
import { Instant, TenantId } from '../ids.ts';
import { reply } from './operator.ts';

/** One opening of a policy's window, with the devices that it would send to. */
export const ForecastWindow = z.object({
  /** Its name, or `#` and its place in the policy. */
  window: z.string(),
  zone: z.string(),
  localDate: z.string(),
  opensAt: Instant,
  stopsAt: Instant,
  /** Of one that is open devices are counted that have been sent to already: its rollout tells how far it is. */
  isOpen: z.boolean(),
  devices: z.int(),
  /** Devices that are sent their first command per minute. */
  perMinute: z.number(),
  /** When the last of them is sent its first command; where that is after `stopsAt` it does not fit. */
  sentBy: Instant,
  fits: z.boolean(),
  /** Devices that would be left for the window after it. */
  leftOver: z.int(),
});
export type ForecastWindow = z.infer<typeof ForecastWindow>;

/** What the next opening of a policy's windows would do, zone by zone, were it planned with what is known now. */
export const PolicyForecast = z
  .object({
    policyId: z.guid(),
    policyName: z.string(),
    /** What holds everything meanwhile, in the words of the outlook of a device; null where nothing does. */
    heldBy: z.string().nullable(),
    /** Devices that would be sent an update. */
    devices: z.int(),
    /** Devices that would not, most frequent reason first; codes of the reasons. */
    skipped: z.array(z.object({ reason: z.string(), devices: z.int() })),
    /** By opening. */
    windows: z.array(ForecastWindow),
    /** When the last device of all is sent its first command; null where there is none. */
    sentBy: Instant.nullable(),
    fits: z.boolean(),
    /** In plain words, with what to do. */
    warnings: z.array(z.string()),
    now: Instant,
  })
  .meta({ id: 'PolicyForecast' });
export type PolicyForecast = z.infer<typeof PolicyForecast>;

/** Predicts the next opening of a policy's windows. Reads the fleet once. */
export const policyForecast = defineRequest(
  'policy.forecast',
  z.object({ tenant: TenantId, policyId: z.guid() }),
  reply(PolicyForecast),
);
