import { type Policy, policyControl, policyPut, type PutPolicy } from '@lamplighter/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../domain/caller.ts';
import { PolicyViews } from '../ports/resources.ts';
import { ApplyResources } from '../steps/apply-resources.ts';
import { AskService } from '../steps/ask-service.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { bodySpec, found, ofOne, parse } from './parse.ts';

const RemoveQuery = z.object({ abort: z.enum(['true', 'false']).default('false') });

@Controller('v1/policies')
@UseGuards(BearerGuard)
export class PoliciesController {
  constructor(
    private readonly views: PolicyViews,
    private readonly ask: AskService,
    private readonly apply: ApplyResources,
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
  create(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<PutPolicy> {
    return this.put(caller, undefined, body);
  }

  @Put(':policyId')
  async replace(
    @CurrentCaller() caller: Caller,
    @Param('policyId') id: string,
    @Body() body: unknown,
  ): Promise<PutPolicy> {
    const policyId = parse(z.guid(), id, 'policy id');
    found(await this.views.find(caller.tenant, policyId), 'policy', id);
    return this.put(caller, policyId, body);
  }

  @Post(':policyId/:action')
  @HttpCode(200)
  control(
    @CurrentCaller() caller: Caller,
    @Param('policyId') id: string,
    @Param('action') given: string,
  ): Promise<Policy> {
    const action = parse(z.enum(['pause', 'resume']), given, 'action');
    const input = { tenant: caller.tenant, policyId: parse(z.guid(), id, 'policy id'), action, by: caller.name };
    return this.ask.run(caller, policyControl, input, ({ policyId }) => ({ subject: policyId, detail: { action } }));
  }

  /** The policy as it was. */
  @Delete(':policyId')
  async remove(
    @CurrentCaller() caller: Caller,
    @Param('policyId') id: string,
    @Query() query: unknown,
  ): Promise<Policy> {
    const { abort } = parse(RemoveQuery, query, 'query');
    const policy = await this.show(caller, id);
    const remove = [{ kind: 'Policy' as const, name: policy.spec.name }];
    await ofOne(this.apply.run(caller, { remove, abort: abort === 'true' }));
    return policy;
  }

  private put(caller: Caller, policyId: string | undefined, body: unknown): Promise<PutPolicy> {
    const spec = bodySpec('Policy', body);
    const input = { tenant: caller.tenant, by: caller.name, spec, ...(policyId === undefined ? {} : { policyId }) };
    return this.ask.run(caller, policyPut, input, (policy) => ({
      subject: policy.policyId,
      detail: { version: policy.version, spec: policy.spec },
    }));
  }
}
