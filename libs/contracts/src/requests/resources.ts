import { z } from 'zod';
import { Difference } from '../differences.ts';
import { defineRequest } from '../envelope.ts';
import { Fault } from '../fault.ts';
import { TenantId } from '../ids.ts';
import { Name } from '../policy.ts';
import { Resource, ResourceKind } from '../resource.ts';
import { Policy, reply } from './operator.ts';

/** What becomes of one group, window or policy. */
export const ResourceChange = z.object({
  kind: ResourceKind,
  name: Name,
  /** Of a policy its id, of others the name. */
  id: z.string(),
  /** `affected`: a policy whose own spec stays, but not that of a window that it names: a new version too. */
  change: z.enum(['created', 'changed', 'unchanged', 'removed', 'affected']),
  /** After the change; of one that was removed the version that says so. */
  version: z.int(),
  /** Field by field; of what was created or removed none. At most 100. */
  differences: z.array(Difference),
  /** Differences beyond those. */
  more: z.int(),
  /** Why it is affected. */
  why: z.string().optional(),
});
export type ResourceChange = z.infer<typeof ResourceChange>;

/** Paths begin with `resources.<place>.`. Changes stand in the order groups, windows, policies; removals last. */
export const ApplyAnswer = z.object({
  dryRun: z.boolean(),
  changes: z.array(ResourceChange),
  /** What is taken but done otherwise than it says. */
  warnings: z.array(Fault),
});
export type ApplyAnswer = z.infer<typeof ApplyAnswer>;

const By = z.string().max(200).optional();

/** Creates, replaces and removes groups, windows and policies: all of them or none. What is there already unchanged stays as it is. */
export const resourcesApply = defineRequest(
  'resources.apply',
  z.object({
    tenant: TenantId,
    /** Who asked for it: kept with the versions. */
    by: By,
    /** Everything is checked and nothing changed. */
    dryRun: z.boolean().default(false),
    resources: z.array(Resource).max(1_000).default([]),
    /** What is to be removed; what is not there is refused. */
    remove: z
      .array(z.object({ kind: ResourceKind, name: Name }))
      .max(1_000)
      .default([]),
    /** All of these kinds that are not among `resources` are removed. */
    prune: z.array(ResourceKind).default([]),
    /** Rollouts of removed policies whose window is open are aborted; otherwise they are the reason to refuse. */
    abort: z.boolean().default(false),
  }),
  reply(ApplyAnswer),
);

/** A paused policy opens no window, releases no wave and tells no device under way to download or install; what devices have taken is followed to its end. */
export const policyControl = defineRequest(
  'policy.control',
  z.object({ tenant: TenantId, policyId: z.guid(), action: z.enum(['pause', 'resume']), by: By }),
  reply(Policy),
);

/** The same for all policies of a tenant at once. */
export const tenantControl = defineRequest(
  'tenant.control',
  z.object({ tenant: TenantId, action: z.enum(['pause', 'resume']), by: By }),
  reply(z.object({ tenant: TenantId, paused: z.boolean() })),
);
