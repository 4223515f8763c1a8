import { type Policy, PolicySpec, policyPut } from '@lamplighter/contracts';
import { Body, Controller, Get, Param, Post, Put, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { type Caller, PolicyViews } from '../ports.ts';
import { AskService } from '../steps/ask-service.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { found, parse } from './parse.ts';

@Controller('v1/policies')
@UseGuards(BearerGuard)
export class PoliciesController {
  constructor(
    private readonly views: PolicyViews,
    private readonly ask: AskService,
  ) {}

  @Get()
  async list(@CurrentCaller() caller: Caller): Promise<{ items: Policy[] }> {
    return { items: await this.views.list(caller.tenant) };
  }

  @Get(':policyId')
  async show(@CurrentCaller() caller: Caller, @Param('policyId') id: string): Promise<Policy> {
    const policyId = parse(z.guid(), id, 'policy id');
    return found(await this.views.find(caller.tenant, policyId), 'policy', id);
  }

  @Post()
  create(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<Policy> {
    return this.put(caller, undefined, body);
  }

  @Put(':policyId')
  async replace(
    @CurrentCaller() caller: Caller,
    @Param('policyId') id: string,
    @Body() body: unknown,
  ): Promise<Policy> {
    const policyId = parse(z.guid(), id, 'policy id');
    found(await this.views.find(caller.tenant, policyId), 'policy', id);
    return this.put(caller, policyId, body);
  }

  private put(caller: Caller, policyId: string | undefined, body: unknown): Promise<Policy> {
    const spec = parse(PolicySpec, body, 'policy');
    const input = { tenant: caller.tenant, spec, ...(policyId === undefined ? {} : { policyId }) };
    return this.ask.run(caller, policyPut, input, (policy) => ({
      subject: policy.policyId,
      detail: { version: policy.version, spec: policy.spec },
    }));
  }
}
