import { z } from 'zod';
import { defineRequest } from '../envelope.ts';
import { Fault } from '../fault.ts';
import { Instant, TenantId } from '../ids.ts';
import { PolicySpec } from '../policy.ts';

/** A reply is either the answer or an error that a person can act on. */
export const Failure = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    remedy: z.string().optional(),
    fields: z.array(Fault).optional(),
  }),
});
export const reply = <S extends z.ZodType>(ok: S) => z.union([z.object({ ok }), Failure]);

export const Policy = z.object({
  policyId: z.guid(),
  version: z.int(),
  spec: PolicySpec,
  paused: z.boolean(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type Policy = z.infer<typeof Policy>;

/** `warnings`: what is taken but done otherwise than it says. */
export const PutPolicy = Policy.extend({ warnings: z.array(Fault) });
export type PutPolicy = z.infer<typeof PutPolicy>;

/** Creates a policy, or replaces the one of that id. The same name twice in a tenant is refused. `by`: who asks, for its version. */
export const policyPut = defineRequest(
  'policy.put',
  z.object({ tenant: TenantId, policyId: z.guid().optional(), spec: PolicySpec, by: z.string().max(200).optional() }),
  reply(PutPolicy),
);

export const RolloutAction = z.enum(['pause', 'resume', 'abort', 'emergency']);
export type RolloutAction = z.infer<typeof RolloutAction>;

/**
 * Pause stops new waves and orders to devices under way, which are asked on; resume lets them go on; abort also revokes what was not handed over yet. Emergency lets the rollout go at
 * once, without windows, blackouts, rings and days after release; there is no way back but abort.
 */
export const rolloutControl = defineRequest(
  'rollout.control',
  z.object({
    tenant: TenantId,
    rolloutId: z.guid(),
    action: RolloutAction,
    /** With resume: halted rings go on too, and the health gate does not halt them again. Without it a halted rollout is refused. */
    override: z.boolean().optional(),
  }),
  reply(
    z.object({
      rolloutId: z.guid(),
      state: z.string(),
      emergency: z.boolean(),
      /** How many halted rings go on. */
      overridden: z.int(),
    }),
  ),
);

/**
 * Stores an APNs MDM push certificate with its key, sealed; it takes the place of its topic's former one. `pem`: certificate,
 * then key. One that ends before the former is refused (`push-certificate.older`) unless `force` is true.
 */
export const pushCertificatePut = defineRequest(
  'push-certificate.put',
  z.object({ tenant: TenantId, pem: z.string(), force: z.boolean().optional() }),
  reply(z.object({ topic: z.string(), notAfter: Instant })),
);
