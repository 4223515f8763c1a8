import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { AppError, type InputOf, type Policy, type policyPut } from '@lamplighter/contracts';
import { Clock, Database, Log, type Tx } from '@lamplighter/runtime';
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

  async run(input: InputOf<typeof policyPut>): Promise<Policy> {
    const { tenant } = input;
    const stored = await this.db
      .transaction((tx) => this.store(tx, input))
      .catch((error: unknown) => {
        // Two at the same time: the unique key decides.
        if ((error as { code?: string }).code === '23505') throw nameTaken(input.spec.name);
        throw error;
      });
    this.log.info({ tenant, policyId: stored.policyId, version: stored.version }, 'policy stored');
    return stored;
  }

  private async store(tx: Tx, { tenant, policyId, spec }: InputOf<typeof policyPut>): Promise<Policy> {
    const sameName = await this.policies.idOfName(tx, tenant, spec.name);
    if (sameName !== undefined && sameName !== policyId) throw nameTaken(spec.name, sameName);
    const old = await this.former(tx, tenant, policyId);
    if (old && isDeepStrictEqual(old.spec, spec)) return old;
    const updatedAt = this.clock.now().toISOString();
    const fresh = { policyId: randomUUID(), version: 0, paused: false, createdAt: updatedAt };
    const { version, ...kept } = old ?? fresh;
    const policy: Policy = { ...kept, version: version + 1, spec, updatedAt };
    await this.policies.put(tx, { ...policy, tenant });
    return policy;
  }

  private async former(tx: Tx, tenant: string, policyId: string | undefined): Promise<Policy | undefined> {
    if (policyId === undefined) return undefined;
    const old = await this.policies.find(tx, tenant, policyId);
    if (!old) throw unknownPolicy(policyId);
    return old;
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
