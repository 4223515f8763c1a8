import { type DevicePage, groupDevices, type GroupTest, groupTest, type GroupView, Name } from '@lamplighter/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import type { Caller } from '../domain/caller.ts';
import { GroupReader } from '../ports/resources.ts';
import { ApplyResources } from '../steps/apply-resources.ts';
import { AskService } from '../steps/ask-service.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { bodySpec, found, ofOne, PageQuery, parse } from './parse.ts';

@Controller('v1/groups')
@UseGuards(BearerGuard)
export class GroupsController {
  constructor(
    private readonly groups: GroupReader,
    private readonly applyAll: ApplyResources,
    private readonly ask: AskService,
  ) {}

  @Get()
  async list(@CurrentCaller() caller: Caller): Promise<{ items: GroupView[] }> {
    return { items: await this.groups.list(caller.tenant) };
  }

  @Post('test')
  @HttpCode(200)
  test(@CurrentCaller() { tenant }: Caller, @Body() body: unknown): Promise<GroupTest> {
    // A group that is only tried needs no name.
    const isNamed = typeof body === 'object' && body !== null && 'name' in body;
    return this.ask.look(groupTest, { tenant, spec: bodySpec('Group', body, isNamed ? undefined : 'test') });
  }

  @Get(':name')
  async show(@CurrentCaller() caller: Caller, @Param('name') given: string): Promise<GroupView> {
    const name = parse(Name, given, 'group name');
    return found(await this.groups.find(caller.tenant, name), 'group', name);
  }

  @Get(':name/devices')
  devices(
    @CurrentCaller() { tenant }: Caller,
    @Param('name') given: string,
    @Query() query: unknown,
  ): Promise<DevicePage> {
    const name = parse(Name, given, 'group name');
    return this.ask.look(groupDevices, { tenant, name, ...parse(PageQuery, query, 'query') });
  }

  @Put(':name')
  async put(@CurrentCaller() caller: Caller, @Param('name') given: string, @Body() body: unknown): Promise<GroupView> {
    const name = parse(Name, given, 'group name');
    const { name: _, ...spec } = bodySpec('Group', body, name);
    await ofOne(this.applyAll.run(caller, { resources: [{ kind: 'Group', name, spec }] }));
    return this.show(caller, name);
  }

  @Delete(':name')
  async remove(@CurrentCaller() caller: Caller, @Param('name') given: string): Promise<{ name: string }> {
    const { name } = await this.show(caller, given);
    await ofOne(this.applyAll.run(caller, { remove: [{ kind: 'Group', name }] }));
    return { name };
  }
}
