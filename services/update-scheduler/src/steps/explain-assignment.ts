import { AppError, type DevicePolicies, type devicePolicies, type InputOf } from '@lamplighter/contracts';
import { Clock, Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { tellAssigned } from '../domain/assigned-words.ts';
import { assigned } from '../domain/member.ts';
import { byPrecedence } from '../domain/precedence.ts';
import { AssignmentStore } from '../ports/assignment.ts';

/** Says of every policy whether it takes a device in, and which one holds. */
@Injectable()
export class ExplainAssignment {
  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly assignments: AssignmentStore,
  ) {}

  async run({ tenant, deviceId }: InputOf<typeof devicePolicies>): Promise<DevicePolicies> {
    const [facts, groups, policies] = await Promise.all([
      this.assignments.facts(tenant, deviceId),
      this.assignments.groups(this.db, tenant),
      this.assignments.policies(this.db, tenant),
    ]);
    if (!facts)
      throw new AppError('device.not-found', `there is no device ${deviceId} in this tenant`, { outcome: 'drop' });
    const now = this.clock.now();
    const told = policies.toSorted(byPrecedence).map(({ policyId, version, paused, spec }) => ({
      policyId,
      name: spec.name,
      version,
      precedence: spec.precedence,
      paused,
      ...tellAssigned(assigned(spec, groups, facts, now), facts),
      effective: false,
    }));
    const holder = told.find((policy) => policy.matches);
    if (holder) holder.effective = true;
    return { deviceId, enrolled: facts.enrolled, policies: told };
  }
}
