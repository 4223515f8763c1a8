import { type DryRun, policyDryRun } from '@lamplighter/contracts';
import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../domain/caller.ts';
import { AskService } from '../steps/ask-service.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { bodySpec, parse } from './parse.ts';

@Controller('v1/policies')
@UseGuards(BearerGuard)
export class DryRunController {
  constructor(private readonly ask: AskService) {}

  /** A policy that is not stored. */
  @Post('dry-run')
  @HttpCode(200)
  unsaved(@CurrentCaller() { tenant }: Caller, @Body() body: unknown): Promise<DryRun> {
    return this.ask.look(policyDryRun, { tenant, spec: bodySpec('Policy', body) });
  }

  /** The stored policy; with a body that one in its place. */
  @Post(':policyId/dry-run')
  @HttpCode(200)
  stored(@CurrentCaller() { tenant }: Caller, @Param('policyId') id: string, @Body() body: unknown): Promise<DryRun> {
    const policyId = parse(z.guid(), id, 'policy id');
    const isGiven = typeof body === 'object' && body !== null && Object.keys(body).length > 0;
    return this.ask.look(policyDryRun, { tenant, policyId, ...(isGiven ? { spec: bodySpec('Policy', body) } : {}) });
  }
}
