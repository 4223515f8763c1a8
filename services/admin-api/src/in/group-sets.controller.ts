import { declarationGroupAssign, DeclarationSetName, Name } from '@lamplighter/contracts';
import { Controller, Delete, Get, Param, Put, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../domain/caller.ts';
import { DeclarationViews } from '../ports/declarations.ts';
import { GroupReader } from '../ports/resources.ts';
import { AskService } from '../steps/ask-service.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { CompatErrors } from './compat-errors.ts';
import { sendChanged } from './declarations.controller.ts';
import { found, parse } from './parse.ts';
import { RawBody } from './raw-body.ts';

/** Sets of groups, in the manner of KMFDDM's `enrollment-sets`. Members follow by themselves. */
@Controller('v1/group-sets')
@UseGuards(BearerGuard)
@UseFilters(new CompatErrors('error', ''))
export class GroupSetsController {
  constructor(
    private readonly views: DeclarationViews,
    private readonly groups: GroupReader,
    private readonly ask: AskService,
  ) {}

  @Get(':group')
  async sets(@CurrentCaller() { tenant }: Caller, @Param('group') given: string): Promise<string[]> {
    const group = parse(Name, given, 'group name');
    const sets = await this.views.setsOfGroup(tenant, group);
    if (sets.length === 0) found(await this.groups.find(tenant, group), 'group', group);
    return sets;
  }

  @Put(':group')
  @RawBody()
  async give(
    @CurrentCaller() caller: Caller,
    @Param('group') given: string,
    @Query('set') set: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const group = parse(Name, given, 'group name');
    found(await this.groups.find(caller.tenant, group), 'group', group);
    await this.assign(caller, { group, set, isAssigned: true }, reply);
  }

  /** Also of a group that is not there any more. */
  @Delete(':group')
  take(
    @CurrentCaller() caller: Caller,
    @Param('group') given: string,
    @Query('set') set: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.assign(caller, { group: parse(Name, given, 'group name'), set, isAssigned: false }, reply);
  }

  private async assign(
    caller: Caller,
    { group, set: given, isAssigned }: { group: string; set: unknown; isAssigned: boolean },
    reply: FastifyReply,
  ): Promise<void> {
    const set = parse(DeclarationSetName, given, 'set name');
    const input = { tenant: caller.tenant, group, set, isAssigned };
    const { changed } = await this.ask.run(caller, declarationGroupAssign, input, (answer) => ({
      subject: group,
      detail: { set, isAssigned, ...answer },
    }));
    sendChanged(reply, changed);
  }
}
