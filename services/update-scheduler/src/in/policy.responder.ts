import {
  type InputOf,
  type OutputOf,
  policyControl,
  policyPut,
  resourcesApply,
  tenantControl,
} from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { ApplyResources } from '../steps/apply-resources.ts';
import { ControlPolicy } from '../steps/control-policy.ts';
import { PutPolicy } from '../steps/put-policy.ts';

@Controller()
export class PolicyResponder {
  constructor(
    private readonly putPolicy: PutPolicy,
    private readonly applyResources: ApplyResources,
    private readonly controlPolicy: ControlPolicy,
  ) {}

  @OnRequest(policyPut)
  async put(input: InputOf<typeof policyPut>): Promise<OutputOf<typeof policyPut>> {
    return { ok: await this.putPolicy.run(input) };
  }

  @OnRequest(resourcesApply)
  async apply(input: InputOf<typeof resourcesApply>): Promise<OutputOf<typeof resourcesApply>> {
    return { ok: await this.applyResources.run(input) };
  }

  @OnRequest(policyControl)
  async control(input: InputOf<typeof policyControl>): Promise<OutputOf<typeof policyControl>> {
    return { ok: await this.controlPolicy.run(input) };
  }

  @OnRequest(tenantControl)
  async controlTenant(input: InputOf<typeof tenantControl>): Promise<OutputOf<typeof tenantControl>> {
    return { ok: await this.controlPolicy.tenant(input) };
  }
}
