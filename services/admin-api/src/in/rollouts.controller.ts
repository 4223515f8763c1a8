import {
  type HandOvers,
  type Rollout,
  RolloutAction,
  type RolloutControlled,
  type RolloutDevicePage,
  type RolloutSummary,
  rolloutControl,
  UpdateState,
} from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../domain/caller.ts';
import { RolloutViews } from '../ports/rollouts.ts';
import { AskService } from '../steps/ask-service.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { found, PageQuery, parse } from './parse.ts';

const ListQuery = z.object({ policyId: z.guid().optional() });
const DevicesQuery = PageQuery.extend({ state: UpdateState.optional() });
/** A body is not needed. */
const ControlBody = z.object({ override: z.boolean().optional() }).strict();

@Controller('v1/rollouts')
@UseGuards(BearerGuard)
export class RolloutsController {
  constructor(
    private readonly views: RolloutViews,
    private readonly ask: AskService,
    private readonly clock: Clock,
  ) {}

  @Get()
  async list(@CurrentCaller() caller: Caller, @Query() query: unknown): Promise<{ items: RolloutSummary[] }> {
    const { policyId } = parse(ListQuery, query, 'query');
    return { items: await this.views.list(caller.tenant, policyId, this.clock.now()) };
  }

  @Get(':rolloutId')
  async show(@CurrentCaller() caller: Caller, @Param('rolloutId') id: string): Promise<Rollout> {
    const rolloutId = parse(z.guid(), id, 'rollout id');
    return found(await this.views.find(caller.tenant, rolloutId, this.clock.now()), 'rollout', id);
  }

  @Get(':rolloutId/hand-overs')
  handOvers(@CurrentCaller() caller: Caller, @Param('rolloutId') id: string): Promise<HandOvers> {
    return this.views.handOvers(caller.tenant, parse(z.guid(), id, 'rollout id'));
  }

  @Get(':rolloutId/devices')
  devices(
    @CurrentCaller() caller: Caller,
    @Param('rolloutId') id: string,
    @Query() query: unknown,
  ): Promise<z.infer<typeof RolloutDevicePage>> {
    const rolloutId = parse(z.guid(), id, 'rollout id');
    return this.views.devices(caller.tenant, rolloutId, parse(DevicesQuery, query, 'query'));
  }

  @Post(':rolloutId/:action')
  @HttpCode(200)
  control(
    @CurrentCaller() caller: Caller,
    @Param('rolloutId') id: string,
    @Param('action') action: string,
    @Body() body: unknown,
  ): Promise<RolloutControlled> {
    const input = {
      tenant: caller.tenant,
      rolloutId: parse(z.guid(), id, 'rollout id'),
      action: parse(RolloutAction, action, 'action'),
      ...parse(ControlBody, body ?? {}, 'body'),
    };
    return this.ask.run(caller, rolloutControl, input, ({ overridden }) => ({
      subject: input.rolloutId,
      detail: { action, ...(input.override === true ? { override: true, overridden } : {}) },
    }));
  }
}
