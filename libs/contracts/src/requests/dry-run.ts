import { z } from 'zod';
import { defineRequest } from '../envelope.ts';
import { TenantId } from '../ids.ts';
import { PolicySpec } from '../policy.ts';
import { reply } from './operator.ts';

/** At most 6 of the devices that are counted beside it. */
const samples = z.array(z.string());

/** What a policy would do with the fleet at this moment, were its windows open: nothing is changed. */
export const DryRun = z.object({
  /** Null where the policy is not stored. */
  policyId: z.guid().nullable(),
  /** Enrolled devices. */
  enrolled: z.int(),
  /** Of these, those that the policy takes in. */
  assigned: z.int(),
  /** Of these, those that would be sent an update, in whichever ring. */
  targeted: z.int(),
  /** And those that would not. */
  skipped: z.int(),
  /** Why devices are skipped, most frequent first; codes of the reasons. */
  reasons: z.array(z.object({ reason: z.string(), devices: z.int(), samples })),
  /** What the targeted ones would get, most frequent first. */
  targets: z.array(
    z.object({ platform: z.string(), version: z.string(), build: z.string(), devices: z.int(), samples }),
  ),
  /** How the targeted ones are spread over the rings, in order; empty where there are none. */
  rings: z.array(z.object({ name: z.string(), devices: z.int(), samples })),
});
export type DryRun = z.infer<typeof DryRun>;

/** Judges the fleet as a plan would. With `policyId` the stored policy, or `spec` in its place; else `spec` as a new policy. */
export const policyDryRun = defineRequest(
  'policy.dry-run',
  z.object({ tenant: TenantId, policyId: z.guid().optional(), spec: PolicySpec.optional() }),
  reply(DryRun),
);
