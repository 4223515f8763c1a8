import type { InputOf, Policy, policyControl, tenantControl } from '@lamplighter/contracts';
import { Clock, Database, Log } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { HoldStore } from '../ports/hold.ts';
import { SpecStore } from '../ports/policies.ts';
import { unknownPolicy } from './put-policy.ts';

/** Pauses and resumes policies: one, or all of a tenant. What is paused opens no window and releases no wave, and what it sent is taken back (`HoldBack`). */
@Injectable()
export class ControlPolicy {
  constructor(
    private readonly clock: Clock,
    private readonly db: Database,
    private readonly specs: SpecStore,
    private readonly holds: HoldStore,
    private readonly log: Log,
  ) {}

  async run({ tenant, policyId, action }: InputOf<typeof policyControl>): Promise<Policy> {
    const paused = action === 'pause';
    const policy = await this.db.transaction(async (tx) => {
      const stored = await this.specs.policy(tx, tenant, policyId);
      if (!stored) throw unknownPolicy(policyId);
      await this.specs.setPaused(tx, tenant, policyId, paused);
      if (!paused) await this.holds.replan(tx, { tenant, policyId }, this.clock.now());
      return { ...stored, paused };
    });
    this.log.info({ tenant, policyId, paused }, 'policy controlled');
    return policy;
  }

  async tenant({ tenant, action, by }: InputOf<typeof tenantControl>): Promise<{ tenant: string; paused: boolean }> {
    const paused = action === 'pause';
    await this.db.transaction(async (tx) => {
      await this.specs.setTenantPaused(tx, tenant, paused, { at: this.clock.now(), by });
      if (!paused) await this.holds.replan(tx, { tenant }, this.clock.now());
    });
    this.log.info({ tenant, paused }, 'tenant controlled');
    return { tenant, paused };
  }
}
