import type { Device, DevicePage, DeviceReleases, FleetSummary } from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Controller, Get, Param, Query, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { ReleaseViews } from '../ports/catalog.ts';
import type { Caller } from '../domain/caller.ts';
import { DeviceViews } from '../ports/devices.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { found, PageQuery, parse } from './parse.ts';

const ListQuery = PageQuery.extend({ search: z.string().max(100).optional() });

@Controller('v1')
@UseGuards(BearerGuard)
export class DevicesController {
  constructor(
    private readonly views: DeviceViews,
    private readonly clock: Clock,
    private readonly releases: ReleaseViews,
  ) {}

  @Get('fleet')
  summary(@CurrentCaller() caller: Caller): Promise<FleetSummary> {
    return this.views.summary(caller.tenant, this.clock.now());
  }

  @Get('devices')
  list(@CurrentCaller() caller: Caller, @Query() query: unknown): Promise<DevicePage> {
    return this.views.list(caller.tenant, parse(ListQuery, query, 'query'));
  }

  @Get('devices/:deviceId')
  async show(@CurrentCaller() caller: Caller, @Param('deviceId') id: string): Promise<Device> {
    return found(await this.views.find(caller.tenant, id), 'device', id);
  }

  @Get('devices/:deviceId/updates')
  async updates(@CurrentCaller() caller: Caller, @Param('deviceId') id: string): Promise<DeviceReleases> {
    return found(await this.releases.ofDevice(caller.tenant, id, this.clock.now()), 'device', id);
  }
}
