import { type Source, SourceKey, SourceSpec } from '@lamplighter/contracts';
import { Body, Controller, Delete, Get, Param, Put, UseGuards } from '@nestjs/common';
import type { Caller } from '../domain/caller.ts';
import { SourceStore } from '../ports/sources.ts';
import { PutSource } from '../steps/put-source.ts';
import { RemoveSource } from '../steps/remove-source.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { found, parse } from './parse.ts';

@Controller('v1/sources')
@UseGuards(BearerGuard)
export class SourcesController {
  constructor(
    private readonly sources: SourceStore,
    private readonly putOne: PutSource,
    private readonly removeOne: RemoveSource,
  ) {}

  @Get()
  async list(@CurrentCaller() { tenant }: Caller): Promise<{ items: Source[] }> {
    return { items: await this.sources.list(tenant) };
  }

  @Get(':name')
  async show(@CurrentCaller() { tenant }: Caller, @Param('name') name: string): Promise<Source> {
    return found(await this.sources.find({ tenant, name }), 'source', name);
  }

  @Put(':name')
  put(@CurrentCaller() caller: Caller, @Param('name') name: string, @Body() body: unknown): Promise<Source> {
    return this.putOne.run(caller, parse(SourceKey, name, 'source name'), parse(SourceSpec, body, 'source'));
  }

  @Delete(':name')
  remove(@CurrentCaller() caller: Caller, @Param('name') name: string): Promise<Source> {
    return this.removeOne.run(caller, name);
  }
}
