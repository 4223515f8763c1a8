import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { AppError, type InputOf, type Policy, type policyPut } from '@lamplighter/contracts';
import { Clock, Database, Log } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { PolicyStore } from '../ports.ts';

/** Creates or replaces a policy. A changed spec is a new version: a new rollout, from the next window on. */
@Injectable()
export class PutPolicy {
  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly policies: PolicyStore,
    private readonly log: Log,
  ) {}

  async run({ tenant, policyId: given, spec }: InputOf<typeof policyPut>): Promise<Policy> {
    const at = this.clock.now().toISOString();
    const stored = await this.db
      .transaction(async (tx): Promise<Policy> => {
        const sameName = await this.policies.idOfName(tx, tenant, spec.name);
        if (sameName !== undefined && sameName !== given) throw nameTaken(spec.name, sameName);
        const old = given === undefined ? undefined : await this.policies.find(tx, tenant, given);
        if (given !== undefined && !old) throw unknownPolicy(given);
        if (old && isDeepStrictEqual(old.spec, spec)) return old;
        const policyId = given ?? randomUUID();
        const policy: Policy = {
          policyId,
          version: (old?.version ?? 0) + 1,
          spec,
          paused: old?.paused ?? false,
          createdAt: old?.createdAt ?? at,
          updatedAt: at,
        };
        await this.policies.put(tx, { ...policy, tenant });
        return policy;
      })
      .catch((error: unknown) => {
        // Two at the same time: the unique key decides.
        if ((error as { code?: string }).code === '23505') throw nameTaken(spec.name);
        throw error;
      });
    this.log.info({ tenant, policyId: stored.policyId, version: stored.version }, 'policy stored');
    return stored;
  }
}

function nameTaken(name: string, policyId?: string): AppError {
  return new AppError(
    'policy.name-taken',
    `there is a policy named "${name}" already${policyId === undefined ? '' : ` (${policyId})`}`,
    {
      outcome: 'drop',
      remedy: 'choose another name, or put it under that policy’s id to change it',
      fields: [{ path: 'spec.name', message: 'is taken' }],
    },
  );
}

function unknownPolicy(policyId: string): AppError {
  return new AppError('policy.not-found', `there is no policy ${policyId} in this tenant`, {
    outcome: 'drop',
    remedy: 'leave policyId out to create one',
    fields: [{ path: 'policyId', message: 'is not known' }],
  });
}
