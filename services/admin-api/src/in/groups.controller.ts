import {
  AppError,
  type DevicePage,
  type Group,
  groupDelete,
  groupDevices,
  groupPut,
  GroupSpec,
  type GroupTest,
  groupTest,
  type GroupView,
  Name,
} from '@lamplighter/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import { type Caller, GroupReader } from '../ports.ts';
import { AskService } from '../steps/ask-service.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { found, PageQuery, parse } from './parse.ts';

@Controller('v1/groups')
@UseGuards(BearerGuard)
export class GroupsController {
  constructor(
    private readonly groups: GroupReader,
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
    const spec = parse(GroupSpec, named(body, 'test', true), 'group');
    return this.ask.look(groupTest, { tenant, spec });
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
  put(@CurrentCaller() caller: Caller, @Param('name') given: string, @Body() body: unknown): Promise<Group> {
    const name = parse(Name, given, 'group name');
    const spec = parse(GroupSpec, named(body, name), 'group');
    if (spec.name !== name)
      throw new AppError('input.invalid', `the group is named "${spec.name}" in the body and "${name}" in the path`, {
        fields: [{ path: 'name', message: 'is another than in the path' }],
        remedy: 'leave it out of the body, or make a new group of that name and remove this one',
      });
    return this.ask.run(caller, groupPut, { tenant: caller.tenant, spec, by: caller.name }, (group) => ({
      subject: group.name,
      detail: { version: group.version, spec: group.spec },
    }));
  }

  @Delete(':name')
  remove(@CurrentCaller() caller: Caller, @Param('name') given: string): Promise<{ name: string }> {
    const name = parse(Name, given, 'group name');
    return this.ask.run(caller, groupDelete, { tenant: caller.tenant, name, by: caller.name }, () => ({
      subject: name,
      detail: {},
    }));
  }
}

/** The body with a name where it has none. */
function named(body: unknown, name: string, always = false): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return always ? { ...body, name } : { name, ...body };
}
