import { z } from 'zod';
import { UpdateState } from '../events/update.ts';
import { Instant } from '../ids.ts';

const at = Instant.nullable();

/** What kind of cause it is: for sums over a fleet, and for who has to act. */
export const WhyClass = z.enum([
  'done',
  'window',
  'device-busy',
  'user',
  'power',
  'space',
  'network',
  'device-failed',
  'contact',
  'management',
  'eligibility',
  'catalog',
  'operator',
  'unknown',
]);

/** One thing that the verdict rests on. */
export const Evidence = z.object({
  /** Where it comes from: `enrollment`, `facts`, `policy`, `hold`, `target`, `ring`, `window`, `update`, `command`, `push`, `contact`, `report`, `agent`, `finding`. */
  kind: z.string(),
  text: z.string(),
  /** When it became so; null where nothing says. */
  at,
  /** Of the policy, rollout, command or report that it is about. */
  id: z.string().optional(),
});
export type Evidence = z.infer<typeof Evidence>;

/** Why one device has not updated, or that it has. */
export const Why = z
  .object({
    deviceId: z.string(),
    serialNumber: z.string().nullable(),
    /** One line in plain words. */
    verdict: z.string(),
    /** A reason code of docs/reasons.md, or one of this answer's own: `no-policy`, `held`, `planned`, `window-not-open`, … */
    code: z.string(),
    class: WhyClass,
    explanation: z.string(),
    /** What happens next by itself, and when where that is known. */
    next: z.object({ text: z.string(), at }),
    /** What an administrator can do. */
    action: z.string(),
    /** The policy that has the device; null where none does, or nobody could tell. */
    policy: z.object({ policyId: z.string(), name: z.string(), version: z.int() }).nullable(),
    rolloutId: z.string().nullable(),
    state: UpdateState.nullable(),
    osVersion: z.string().nullable(),
    target: z.object({ version: z.string(), build: z.string() }).nullable(),
    /** From the policy to the last report. */
    evidence: z.array(Evidence),
    /** The server's time, by the clock of this installation. */
    now: Instant,
  })
  .meta({ id: 'Why' });
export type Why = z.infer<typeof Why>;

/** Why the devices of a rollout that have not updated have not: most frequent first, at most 50. */
export const RolloutReasons = z
  .object({
    rolloutId: z.guid(),
    policyName: z.string(),
    policyVersion: z.int(),
    state: z.string(),
    devices: z.int(),
    installed: z.int(),
    items: z.array(
      z.object({
        state: UpdateState,
        /** A reason code of docs/reasons.md; null where the update is simply under way. */
        code: z.string().nullable(),
        class: WhyClass,
        title: z.string(),
        explanation: z.string(),
        action: z.string(),
        devices: z.int(),
        /** Device ids: the first and the last in their order. */
        examples: z.array(z.string()),
      }),
    ),
    now: Instant,
  })
  .meta({ id: 'RolloutReasons' });
export type RolloutReasons = z.infer<typeof RolloutReasons>;
