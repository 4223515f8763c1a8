import {
  type ApplyAnswer,
  ApplyOrder,
  type Exported,
  Name,
  type ResourceKind,
  type SpecVersion,
  type TenantState,
  tenantControl,
  type WindowView,
} from '@lamplighter/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../domain/caller.ts';
import { ResourceViews } from '../ports/resources.ts';
import { ApplyResources } from '../steps/apply-resources.ts';
import { AskService } from '../steps/ask-service.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { bodySpec, found, ofOne, parse } from './parse.ts';

/** Groups, windows and policies as files hold them, and the tenant as a whole. */
@Controller('v1')
@UseGuards(BearerGuard)
export class ResourcesController {
  constructor(
    private readonly views: ResourceViews,
    private readonly applyAll: ApplyResources,
    private readonly ask: AskService,
  ) {}

  @Post('apply')
  @HttpCode(200)
  apply(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<ApplyAnswer> {
    return this.applyAll.run(caller, parse(ApplyOrder, body, 'order'));
  }

  @Get('export')
  async export(@CurrentCaller() { tenant }: Caller): Promise<Exported> {
    return { resources: await this.views.export(tenant) };
  }

  @Get('groups/:name/versions')
  groupVersions(@CurrentCaller() caller: Caller, @Param('name') name: string): Promise<{ items: SpecVersion[] }> {
    return this.versions(caller, 'Group', parse(Name, name, 'group name'));
  }

  @Get('windows/:name/versions')
  windowVersions(@CurrentCaller() caller: Caller, @Param('name') name: string): Promise<{ items: SpecVersion[] }> {
    return this.versions(caller, 'Window', parse(Name, name, 'window name'));
  }

  @Get('policies/:policyId/versions')
  policyVersions(@CurrentCaller() caller: Caller, @Param('policyId') id: string): Promise<{ items: SpecVersion[] }> {
    return this.versions(caller, 'Policy', parse(z.guid(), id, 'policy id').toLowerCase());
  }

  @Get('tenant')
  tenant(@CurrentCaller() { tenant }: Caller): Promise<TenantState> {
    return this.views.tenant(tenant);
  }

  @Post('tenant/:action')
  @HttpCode(200)
  control(@CurrentCaller() caller: Caller, @Param('action') given: string): Promise<TenantState> {
    const action = parse(z.enum(['pause', 'resume']), given, 'action');
    const input = { tenant: caller.tenant, action, by: caller.name };
    return this.ask.run(caller, tenantControl, input, ({ tenant }) => ({ subject: tenant, detail: { action } }));
  }

  private async versions({ tenant }: Caller, kind: ResourceKind, id: string): Promise<{ items: SpecVersion[] }> {
    const items = await this.views.versions(tenant, kind, id);
    found(items[0], kind.toLowerCase(), id);
    return { items };
  }
}

@Controller('v1/windows')
@UseGuards(BearerGuard)
export class WindowsController {
  constructor(
    private readonly views: ResourceViews,
    private readonly applyAll: ApplyResources,
  ) {}

  @Get()
  async list(@CurrentCaller() { tenant }: Caller): Promise<{ items: WindowView[] }> {
    return { items: await this.views.windows(tenant) };
  }

  @Get(':name')
  async show(@CurrentCaller() { tenant }: Caller, @Param('name') given: string): Promise<WindowView> {
    const name = parse(Name, given, 'window name');
    return found((await this.views.windows(tenant, name))[0], 'window', name);
  }

  @Put(':name')
  async put(@CurrentCaller() caller: Caller, @Param('name') given: string, @Body() body: unknown): Promise<WindowView> {
    const name = parse(Name, given, 'window name');
    const { name: _, ...spec } = bodySpec('Window', body, name);
    await ofOne(this.applyAll.run(caller, { resources: [{ kind: 'Window', name, spec }] }));
    return this.show(caller, name);
  }

  @Delete(':name')
  async remove(@CurrentCaller() caller: Caller, @Param('name') given: string): Promise<{ name: string }> {
    const name = parse(Name, given, 'window name');
    found((await this.views.windows(caller.tenant, name))[0], 'window', name);
    await ofOne(this.applyAll.run(caller, { remove: [{ kind: 'Window', name }] }));
    return { name };
  }
}
