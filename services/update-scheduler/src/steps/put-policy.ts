import { randomUUID } from 'node:crypto';
import { AppError, type InputOf, type policyPut, type PutPolicy as Answer } from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { Inventory, Wanted } from '../domain/policy/plan-changes.ts';
import { SpecStore } from '../ports/policies.ts';
import { ChangeSpecs } from './change-specs.ts';

type Input = InputOf<typeof policyPut>;

/** Creates or replaces a policy. A changed spec is a new version: a new rollout, from the next window on. */
@Injectable()
export class PutPolicy {
  constructor(
    private readonly db: Database,
    private readonly specs: SpecStore,
    private readonly changes: ChangeSpecs,
  ) {}

  async run(input: Input): Promise<Answer> {
    const { tenant, by, policyId = randomUUID() } = input;
    const terms = { tenant, by, dryRun: false, abort: false };
    const { warnings } = await this.changes.run(terms, (inventory) => [wanted(input, policyId, inventory)]);
    const stored = await this.db.transaction((tx) => this.specs.policy(tx, tenant, policyId));
    if (!stored) throw unknownPolicy(policyId);
    return { ...stored, warnings };
  }
}

function wanted({ spec, policyId }: Input, id: string, { stored }: Inventory): Wanted {
  const policies = stored.filter(({ kind }) => kind === 'Policy');
  if (policyId !== undefined && !policies.some((one) => one.id === id)) throw unknownPolicy(policyId);
  const sameName = policies.find(({ name }) => name === spec.name);
  if (sameName && sameName.id !== id) throw nameTaken(spec.name, sameName.id);
  return { kind: 'Policy', id, name: spec.name, spec, at: [] };
}

function nameTaken(name: string, policyId: string): AppError {
  return new AppError('policy.name-taken', `there is a policy named "${name}" already (${policyId})`, {
    outcome: 'drop',
    remedy: 'choose another name; to change that policy, put it under its id or let `lamp apply` do so',
    fields: [{ path: 'name', value: name, message: 'is taken' }],
  });
}

export function unknownPolicy(policyId: string): AppError {
  return new AppError('policy.not-found', `there is no policy ${policyId} in this tenant`, {
    outcome: 'drop',
    remedy: 'leave policyId out to create one',
    fields: [{ path: 'policyId', value: policyId, message: 'is not known' }],
  });
}
