import {
  type DeadLetter,
  type DeadLetterDetail,
  DeadLetterFilter,
  type DeadLetterPage,
  type RedrivenMany,
  RedriveMany,
} from '@lamplighter/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../domain/caller.ts';
import { DeadLetters } from '../ports/dead-letters.ts';
import { DiscardDeadLetter } from '../steps/discard-dead-letter.ts';
import { RedriveDeadLetter } from '../steps/redrive-dead-letter.ts';
import { RedriveDeadLetters } from '../steps/redrive-dead-letters.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { found, PageQuery, parse } from './parse.ts';

const Sequence = z.coerce.number().int().min(1);
const ListQuery = PageQuery.extend({
  cursor: z
    .string()
    .regex(/^\d{0,15}$/, '`next` of a page')
    .default(''),
}).extend(DeadLetterFilter.shape);

@Controller('v1/dead-letters')
@UseGuards(BearerGuard)
export class DeadLettersController {
  constructor(
    private readonly letters: DeadLetters,
    private readonly redriveOne: RedriveDeadLetter,
    private readonly redriveAll: RedriveDeadLetters,
    private readonly discardOne: DiscardDeadLetter,
  ) {}

  @Get()
  list(@CurrentCaller() caller: Caller, @Query() query: unknown): Promise<DeadLetterPage> {
    return this.letters.page(caller.tenant, parse(ListQuery, query, 'query'));
  }

  @Get(':sequence')
  async show(@CurrentCaller() caller: Caller, @Param('sequence') given: string): Promise<DeadLetterDetail> {
    return found(await this.letters.find(caller.tenant, sequenceOf(given)), 'dead-letter', given);
  }

  @Post('redrive')
  @HttpCode(200)
  redriveMany(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<RedrivenMany> {
    return this.redriveAll.run(caller, parse(RedriveMany, body ?? {}, 'filter'));
  }

  @Post(':sequence/redrive')
  @HttpCode(200)
  redrive(@CurrentCaller() caller: Caller, @Param('sequence') given: string): Promise<DeadLetter> {
    return this.redriveOne.run(caller, sequenceOf(given));
  }

  @Delete(':sequence')
  discard(@CurrentCaller() caller: Caller, @Param('sequence') given: string): Promise<DeadLetter> {
    return this.discardOne.run(caller, sequenceOf(given));
  }
}

function sequenceOf(given: string): number {
  return parse(Sequence, given, 'sequence of a dead letter');
}
