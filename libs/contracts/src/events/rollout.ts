import { z } from 'zod';
import { defineEvent } from '../envelope.ts';
import { Instant } from '../ids.ts';

/** The health gate has halted a ring: none of its devices is sent anything until an operator resumes the rollout with an override. */
export const rolloutHalted = defineEvent(
  'rollout.halted',
  1,
  z.object({
    rolloutId: z.guid(),
    policyId: z.guid(),
    /** Its place among the policy's rings, from 0. */
    ring: z.int(),
    name: z.string(),
    reason: z.enum(['failure-rate', 'not-now-rate', 'silent-rate']),
    /** The share (0 to 1) of the devices of earlier rings that were sent a command, and the greatest that the policy allows. */
    rate: z.number(),
    limit: z.number(),
    /** Devices of earlier rings that were sent a command. */
    sample: z.int(),
    /** The verdict in plain words. */
    detail: z.string(),
    at: Instant,
  }),
);
