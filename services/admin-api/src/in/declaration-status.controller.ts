import { DeviceId } from '@lamplighter/contracts';
import { Controller, Get, Param, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { shownDeclarations, type ShownDeclarations } from '../domain/device-declarations.ts';
import { type ByDevice, errorsOf, statusesOf, valuesOf } from '../domain/kmfddm.ts';
import { idsOf } from '../domain/nanomdm.ts';
import type { Caller } from '../domain/caller.ts';
import { DeclarationViews } from '../ports/declarations.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { CompatErrors } from './compat-errors.ts';
import { found, parse } from './parse.ts';

/** All their reports are read at once. */
const Ids = z.array(DeviceId).min(1).max(20);
const Which = z.union([
  z.object({ status_id: z.guid() }).transform(({ status_id }) => ({ reportId: status_id })),
  z.object({ index: z.coerce.number().int().min(0).max(1_000_000).default(0) }),
]);

/** KMFDDM's API for what devices report. Several ids are divided by commas. */
@Controller('v1')
@UseGuards(BearerGuard)
@UseFilters(new CompatErrors('error', ''))
export class DeclarationStatusController {
  constructor(private readonly views: DeclarationViews) {}

  /** Ours: KMFDDM knows no such thing. */
  @Get('device-declarations/:id')
  async ofDevice(@CurrentCaller() { tenant }: Caller, @Param('id') id: string): Promise<ShownDeclarations> {
    const deviceId = parse(DeviceId, id, 'enrollment id');
    return shownDeclarations(found(await this.views.ofDevice(tenant, deviceId), 'device with declarations', deviceId));
  }

  @Get('declaration-status/:ids')
  async statuses(@CurrentCaller() { tenant }: Caller, @Param('ids') text: string): Promise<ByDevice<object>> {
    const ids = idsIn(text);
    return statusesOf(ids, await this.views.statuses(tenant, ids));
  }

  @Get('status-errors/:ids')
  async errors(@CurrentCaller() { tenant }: Caller, @Param('ids') text: string): Promise<ByDevice<object>> {
    const ids = idsIn(text);
    return errorsOf(ids, await this.views.currentReports(tenant, ids), await this.views.statuses(tenant, ids));
  }

  @Get('status-values/:ids')
  async values(
    @CurrentCaller() { tenant }: Caller,
    @Param('ids') text: string,
    @Query('prefix') prefix: unknown,
  ): Promise<ByDevice<object>> {
    const ids = idsIn(text);
    const beginning = parse(z.string().max(500).default(''), prefix, 'query parameter prefix');
    return valuesOf(ids, await this.views.currentReports(tenant, ids), beginning);
  }

  @Get('status-report/:id')
  async report(
    @CurrentCaller() { tenant }: Caller,
    @Param('id') id: string,
    @Query() query: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const deviceId = parse(DeviceId, id, 'enrollment id');
    const stored = await this.views.report(tenant, deviceId, parse(Which, query, 'query'));
    const { report, reportId, index, at } = found(stored, 'status-report', id);
    void reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('last-modified', at.toUTCString())
      .header('x-status-report-id', reportId)
      .header('x-status-report-index', String(index))
      .send(JSON.stringify(report));
  }
}

/** Throws AppError for none, too many or too long ids. */
function idsIn(text: string): string[] {
  return parse(Ids, idsOf(text), 'list of ids');
}
