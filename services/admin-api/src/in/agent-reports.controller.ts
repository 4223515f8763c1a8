import { AgentReports, type AgentReportsTaken } from '@lamplighter/contracts';
import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import type { Caller } from '../domain/caller.ts';
import { TakeAgentReports } from '../steps/take-agent-reports.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { parse } from './parse.ts';

/** For agents on devices, or what collects for them. */
@Controller('v1')
@UseGuards(BearerGuard)
export class AgentReportsController {
  constructor(private readonly take: TakeAgentReports) {}

  @Post('agent-reports')
  @HttpCode(200)
  run(@CurrentCaller() { tenant }: Caller, @Body() body: unknown): Promise<AgentReportsTaken> {
    return this.take.run(tenant, parse(AgentReports, body, 'reports'));
  }
}
