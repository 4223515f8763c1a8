import { type NewToken, TenantId, type Token, TokenSpec } from '@lamplighter/contracts';
import { Body, Controller, Delete, Get, Param, Post, Query, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../domain/caller.ts';
import { TokenStore } from '../ports/tokens.ts';
import { CreateToken } from '../steps/create-token.ts';
import { RevokeToken } from '../steps/revoke-token.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { parse } from './parse.ts';

const Whose = z.object({ tenant: TenantId.optional() });

@Controller('v1/tokens')
@UseGuards(BearerGuard)
export class TokensController {
  constructor(
    private readonly tokens: TokenStore,
    private readonly createOne: CreateToken,
    private readonly revokeOne: RevokeToken,
  ) {}

  @Get()
  async list(@CurrentCaller() { tenant, installation }: Caller): Promise<{ items: Token[] }> {
    return { items: await this.tokens.list(installation ? undefined : tenant) };
  }

  @Post()
  create(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<NewToken> {
    return this.createOne.run(caller, parse(TokenSpec, body, 'token'));
  }

  @Delete(':name')
  revoke(@CurrentCaller() caller: Caller, @Param('name') name: string, @Query() query: unknown): Promise<Token> {
    return this.revokeOne.run(caller, name, parse(Whose, query, 'query').tenant);
  }
}
