import { z } from 'zod';
import { Instant } from '../ids.ts';

const at = Instant.nullable();

/** Where a ring of a rollout stands. Counts are as of `countedAt`. */
export const RolloutRing = z
  .object({
    name: z.string(),
    /** `waiting`: its day has not come. `halted`: by the health gate, until an operator resumes the rollout with an override. */
    state: z.enum(['waiting', 'open', 'halted', 'done']),
    /** The first local date on which it may go; null where the day of each release decides. */
    opensOn: z.string().nullable(),
    /** Since when it is in this state. */
    since: Instant,
    /** Of halted: `failure-rate`, `not-now-rate` or `silent-rate`; and the verdict in plain words. */
    reason: z.string().nullable(),
    detail: z.string().nullable(),
    /** Since when an operator lets it go whatever the gate says. */
    overriddenAt: at,
    devices: z.int(),
    /** Of these, those that were sent a command. */
    sent: z.int(),
    installed: z.int(),
    failed: z.int(),
    notNow: z.int(),
    /** Silent since the installation. */
    silent: z.int(),
    countedAt: at,
  })
  .meta({ id: 'RolloutRing' });
export type RolloutRing = z.infer<typeof RolloutRing>;

/** What an operator's action on a rollout has come to. */
export const RolloutControlled = z
  .object({
    rolloutId: z.guid(),
    state: z.string(),
    emergency: z.boolean(),
    /** How many halted rings go on. */
    overridden: z.int(),
  })
  .meta({ id: 'RolloutControlled' });
export type RolloutControlled = z.infer<typeof RolloutControlled>;
