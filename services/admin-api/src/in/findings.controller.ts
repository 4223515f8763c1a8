import { type Finding, FindingKind, type FindingPage } from '@lamplighter/contracts';
import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import type { Caller } from '../domain/caller.ts';
import { FindingViews } from '../ports/resources.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { deviceIdOf } from './device-id.ts';
import { PageQuery, parse } from './parse.ts';

const ListQuery = PageQuery.extend({ kind: FindingKind.optional() });

/** What the watchdog has found out. */
@Controller('v1')
@UseGuards(BearerGuard)
export class FindingsController {
  constructor(private readonly findings: FindingViews) {}

  @Get('findings')
  list(@CurrentCaller() { tenant }: Caller, @Query() query: unknown): Promise<FindingPage> {
    return this.findings.page(tenant, parse(ListQuery, query, 'query'));
  }

  @Get('devices/:deviceId/findings')
  async ofDevice(@CurrentCaller() { tenant }: Caller, @Param('deviceId') id: string): Promise<{ items: Finding[] }> {
    return { items: await this.findings.ofDevice(tenant, deviceIdOf(id)) };
  }
}
