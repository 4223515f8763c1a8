import { z } from 'zod';
import { defineRequest } from '../envelope.ts';
import { DeviceId, Instant, TenantId } from '../ids.ts';
import { BlackoutSpec } from '../policy.ts';
import { DevicePolicies } from './group.ts';
import { reply } from './operator.ts';

/** A window that is open, or the next one that opens. */
export const NextWindow = z.object({
  /** Its name, or `#` and its place in the policy. */
  window: z.string(),
  /** The zone in which it opens for the device. */
  zone: z.string(),
  localDate: z.string(),
  opensAt: Instant,
  stopsAt: Instant,
  closesAt: Instant,
  isOpen: z.boolean(),
  /** Of one that is open: when the next one opens; null where none does within a year. */
  thenOpensAt: Instant.nullable().optional(),
  /** The blackout that keeps an earlier one shut. */
  blackout: BlackoutSpec.optional(),
});
export type NextWindow = z.infer<typeof NextWindow>;

/** What the policy that has a device would do with it at this moment, were its window open. */
export const Outlook = z.object({
  policyId: z.guid(),
  policyName: z.string(),
  policyVersion: z.int(),
  /** Null before its first window has opened. */
  rolloutId: z.guid().nullable(),
  /** What holds all of its devices. */
  heldBy: z.enum(['tenant-paused', 'policy-paused', 'rollout-paused', 'rollout-aborted']).nullable(),
  emergency: z.boolean(),
  /** Why the device takes no part: a code of the reasons. Null where it does. */
  reason: z.string().nullable(),
  /** Null where no release fits. */
  target: z.object({ version: z.string(), build: z.string() }).nullable(),
  /** Its ring, where the policy has rings and one takes it in. */
  ring: z.object({ name: z.string(), state: z.string(), opensOn: z.string().nullable() }).nullable(),
  deadlineAt: Instant.nullable(),
  /** Null where no window opens within a year. */
  window: NextWindow.nullable(),
});
export type Outlook = z.infer<typeof Outlook>;

/** Which policy has a device, and what it would do with it now. */
export const deviceOutlook = defineRequest(
  'device.outlook',
  z.object({ tenant: TenantId, deviceId: DeviceId }),
  reply(DevicePolicies.extend({ outlook: Outlook.nullable() })),
);
