import {
  AppError,
  type DryRun as Answer,
  type InputOf,
  type policyDryRun,
  type PolicySpec,
} from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { dryRunOf } from '../domain/dry-run.ts';
import { ringsOf } from '../domain/rings.ts';
import { DryRunStore } from '../ports/dry-run.ts';

/** Tells what a policy would do with the fleet now. Changes nothing. */
@Injectable()
export class DryRun {
  constructor(
    private readonly clock: Clock,
    private readonly store: DryRunStore,
  ) {}

  async run({ tenant, policyId, spec: given }: InputOf<typeof policyDryRun>): Promise<Answer> {
    const spec = given ?? (await this.stored(tenant, policyId));
    const { enrolled, groups } = await this.store.judge({ tenant, policyId, spec }, this.clock.now());
    return { policyId: policyId ?? null, enrolled, ...dryRunOf(groups, ringsOf(spec, spec.emergency)) };
  }

  private async stored(tenant: string, policyId: string | undefined): Promise<PolicySpec> {
    const spec = policyId === undefined ? undefined : await this.store.spec(tenant, policyId);
    if (spec) return spec;
    throw new AppError('policy.not-found', `there is no policy ${policyId ?? 'without id and spec'} in this tenant`, {
      outcome: 'drop',
      remedy: 'give the id of a policy, or a spec',
    });
  }
}
