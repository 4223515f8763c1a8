import { z } from 'zod';
import { Instant } from '../ids.ts';
import { Name } from '../policy.ts';
import { PutPolicy } from '../requests/operator.ts';
import { ApplyAnswer } from '../requests/resources.ts';
import { NamedWindow, Resource, ResourceKind } from '../resource.ts';

/** A window that policies name, with those that do. */
export const WindowView = z
  .object({
    name: Name,
    version: z.int(),
    spec: NamedWindow,
    usedBy: z.array(z.string()),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Window' });
export type WindowView = z.infer<typeof WindowView>;
export const WindowViews = z.object({ items: z.array(WindowView) }).meta({ id: 'Windows' });

/** What one version of a group, window or policy said. */
export const SpecVersion = z
  .object({
    version: z.int(),
    name: z.string(),
    /** Null: from then on it was no more. */
    spec: z.record(z.string(), z.unknown()).nullable(),
    /** Where its own spec did not change: what did. */
    why: z.string().nullable(),
    changedAt: Instant,
    /** Name of the token that was used; null for what is older than this record. */
    changedBy: z.string().nullable(),
  })
  .meta({ id: 'SpecVersion' });
export type SpecVersion = z.infer<typeof SpecVersion>;
/** Newest first: the last 1,000, as many as 16 MB hold. */
export const SpecVersions = z.object({ items: z.array(SpecVersion) }).meta({ id: 'SpecVersions' });

/** What is to hold from now on: all of it or, where anything is wrong, none of it. */
export const ApplyOrder = z
  .object({
    resources: z.array(Resource).max(1_000).default([]),
    /** What is to be removed; what is not there is refused. */
    remove: z
      .array(z.object({ kind: ResourceKind, name: Name }).strict())
      .max(1_000)
      .default([]),
    /** All of these kinds that are not among `resources` are removed. */
    prune: z.array(ResourceKind).default([]),
    /** Everything is checked and nothing changed. */
    dryRun: z.boolean().default(false),
    /** Rollouts of removed policies whose window is open are aborted; otherwise they are the reason to refuse. */
    abort: z.boolean().default(false),
  })
  .strict()
  .meta({ id: 'ApplyOrder' });
export type ApplyOrder = z.infer<typeof ApplyOrder>;
export type ApplyOrderInput = z.input<typeof ApplyOrder>;

export const Applied = ApplyAnswer.meta({ id: 'Applied' });
export const StoredPolicy = PutPolicy.meta({ id: 'StoredPolicy' });

/** Everything that a tenant has, as `POST /v1/apply` takes it: groups, windows, policies. */
export const Exported = z.object({ resources: z.array(Resource) }).meta({ id: 'Exported' });
export type Exported = z.infer<typeof Exported>;

export const TenantState = z.object({ tenant: z.string(), paused: z.boolean() }).meta({ id: 'TenantState' });
export type TenantState = z.infer<typeof TenantState>;
