import {
  declarationSetAssign,
  declarationSetChange,
  DeclarationSetName,
  DeviceId,
  type InputOf,
} from '@lamplighter/contracts';
import { Controller, Delete, Get, Param, Put, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../domain/caller.ts';
import { DeclarationViews } from '../ports/declarations.ts';
import { AskService } from '../steps/ask-service.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { CompatErrors } from './compat-errors.ts';
import { identifierOf, isNotifying, sendChanged } from './declarations.controller.ts';
import { parse } from './parse.ts';
import { RawBody } from './raw-body.ts';

type Queried = Record<string, unknown>;

/** KMFDDM's API for sets: which declarations are in one, which devices have it. */
@Controller('v1')
@UseGuards(BearerGuard)
@UseFilters(new CompatErrors('error', ''))
export class DeclarationSetsController {
  constructor(
    private readonly views: DeclarationViews,
    private readonly ask: AskService,
  ) {}

  @Get('sets')
  sets(@CurrentCaller() { tenant }: Caller): Promise<string[]> {
    return this.views.sets(tenant);
  }

  @Get('declaration-sets/:id')
  setsOfDeclaration(@CurrentCaller() { tenant }: Caller, @Param('id') id: string): Promise<string[]> {
    return this.views.setsOfDeclaration(tenant, identifierOf(id));
  }

  @Get('set-declarations/:name')
  identifiersOfSet(@CurrentCaller() { tenant }: Caller, @Param('name') name: string): Promise<string[]> {
    return this.views.identifiersOfSet(tenant, setOf(name));
  }

  @Put('set-declarations/:name')
  @RawBody()
  addDeclaration(
    @CurrentCaller() caller: Caller,
    @Param('name') name: string,
    @Query() query: Queried,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.change(caller, memberOf(caller, name, query, true), reply);
  }

  @Delete('set-declarations/:name')
  removeDeclaration(
    @CurrentCaller() caller: Caller,
    @Param('name') name: string,
    @Query() query: Queried,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.change(caller, memberOf(caller, name, query, false), reply);
  }

  @Get('enrollment-sets/:id')
  setsOfDevice(@CurrentCaller() { tenant }: Caller, @Param('id') id: string): Promise<string[]> {
    return this.views.setsOfDevice(tenant, deviceOf(id));
  }

  @Put('enrollment-sets/:id')
  @RawBody()
  addSet(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Query() query: Queried,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const set = setOf(query['set']);
    return this.assign(caller, { ...assignmentOf(caller, id, query), set, isAssigned: true }, reply);
  }

  @Delete('enrollment-sets/:id')
  removeSet(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Query() query: Queried,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const set = setOf(query['set']);
    return this.assign(caller, { ...assignmentOf(caller, id, query), set, isAssigned: false }, reply);
  }

  /** KMFDDM has had both paths. */
  @Delete(['enrollment-sets-all/:id', 'enrollment-sets-all/sets/:id'])
  removeSets(
    @CurrentCaller() caller: Caller,
    @Param('id') id: string,
    @Query() query: Queried,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.assign(caller, { ...assignmentOf(caller, id, query), isAssigned: false }, reply);
  }

  private async change(
    caller: Caller,
    input: InputOf<typeof declarationSetChange>,
    reply: FastifyReply,
  ): Promise<void> {
    const { identifier, isMember } = input;
    const { changed } = await this.ask.run(caller, declarationSetChange, input, (answer) => ({
      subject: input.set,
      detail: { identifier, isMember, ...answer },
    }));
    sendChanged(reply, changed);
  }

  private async assign(
    caller: Caller,
    input: InputOf<typeof declarationSetAssign>,
    reply: FastifyReply,
  ): Promise<void> {
    const { set, isAssigned } = input;
    const { changed } = await this.ask.run(caller, declarationSetAssign, input, (answer) => ({
      subject: input.deviceId,
      detail: { set, isAssigned, ...answer },
    }));
    sendChanged(reply, changed);
  }
}

const setOf = (name: unknown): string => parse(DeclarationSetName, name, 'set name');
const deviceOf = (id: unknown): string => parse(DeviceId, id, 'enrollment id');

function memberOf({ tenant }: Caller, name: string, query: Queried, isMember: boolean) {
  const identifier = identifierOf(query['declaration']);
  return { tenant, set: setOf(name), identifier, isMember, notify: isNotifying(query['nonotify']) };
}

function assignmentOf({ tenant }: Caller, id: string, query: Queried) {
  return { tenant, deviceId: deviceOf(id), notify: isNotifying(query['nonotify']) };
}
