import {
  AppError,
  type CancelledCommand,
  type ClearedQueue,
  type CommandBatch,
  CommandBatchOrder,
  commandCancel,
  CommandOrder,
  type CommandPage,
  type CommandTicket,
  queueClear,
  type SentCommand,
} from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../domain/caller.ts';
import type { CommandQuery } from '../ports/commands.ts';
import { CommandViews } from '../ports/commands.ts';
import { AskService } from '../steps/ask-service.ts';
import { OrderCommands, taken } from '../steps/order-commands.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { deviceIdOf } from './device-id.ts';
import { found, PageQuery, parse } from './parse.ts';

const IdempotencyKey = z.string().min(1).max(200).optional();
const CURSOR = /^(\d{4}-\d{2}-\d{2}T[\d:.]+Z)_([0-9a-f-]{36})$/;
const ListQuery = PageQuery.extend({
  cursor: z
    .string()
    .refine((text) => text === '' || CURSOR.test(text), 'not the `next` of a page before')
    .default(''),
  state: z.enum(['pending', 'finished', 'all']).default('all'),
});

@Controller('v1')
@UseGuards(BearerGuard)
export class CommandsController {
  constructor(
    private readonly order: OrderCommands,
    private readonly views: CommandViews,
    private readonly ask: AskService,
    private readonly clock: Clock,
  ) {}

  @Post('devices/:deviceId/commands')
  async send(
    @CurrentCaller() caller: Caller,
    @Param('deviceId') id: string,
    @Headers('idempotency-key') key: unknown,
    @Body() body: unknown,
  ): Promise<SentCommand> {
    const deviceId = deviceIdOf(id);
    const order = parse(CommandOrder, body, 'command');
    const { requestType, expiresAt, tickets } = await this.order.run(caller, [deviceId], order, keyOf(key));
    return { deviceId, requestType, expiresAt, ...taken(tickets[0]!) };
  }

  @Post('command-batches')
  @HttpCode(200)
  async sendToMany(
    @CurrentCaller() caller: Caller,
    @Headers('idempotency-key') key: unknown,
    @Body() body: unknown,
  ): Promise<CommandBatch> {
    const { deviceIds, ...order } = parse(CommandBatchOrder, body, 'command batch');
    const { requestType, expiresAt, tickets } = await this.order.run(caller, deviceIds, order, keyOf(key));
    const count = (outcome: CommandTicket['outcome']) => tickets.filter((ticket) => ticket.outcome === outcome).length;
    return {
      requestType,
      expiresAt,
      queued: count('queued'),
      known: count('known'),
      refused: count('refused'),
      failed: count('failed'),
      results: tickets,
    };
  }

  @Get('devices/:deviceId/commands')
  async list(
    @CurrentCaller() caller: Caller,
    @Param('deviceId') id: string,
    @Query() query: unknown,
  ): Promise<CommandPage> {
    const { cursor, limit, state } = parse(ListQuery, query, 'query');
    const [, createdAt, commandId] = CURSOR.exec(cursor) ?? [];
    const before: CommandQuery['before'] =
      createdAt === undefined ? undefined : { createdAt: new Date(createdAt), commandId: commandId! };
    const wanted = { state, before, limit };
    return found(await this.views.list(caller.tenant, deviceIdOf(id), wanted, this.clock.now()), 'device', id);
  }

  @Delete('devices/:deviceId/commands/:commandId')
  async cancel(
    @CurrentCaller() caller: Caller,
    @Param('deviceId') id: string,
    @Param('commandId') given: string,
  ): Promise<CancelledCommand> {
    const commandId = parse(z.guid(), given, 'command id').toLowerCase();
    const input = { tenant: caller.tenant, deviceId: deviceIdOf(id), commandId };
    const { outcome } = await this.ask.run(caller, commandCancel, input, (done) => ({
      subject: id,
      detail: { commandId, ...done },
    }));
    if (outcome === 'absent') throw new AppError('command.not-found', `no command ${commandId} waits for ${id}`);
    if (outcome === 'in-hand')
      throw new AppError('command.conflict', `the device has command ${commandId} in hand and may still answer it`, {
        remedy: 'wait for its answer: what a device has taken cannot be taken back',
      });
    return { commandId, outcome };
  }

  @Delete('devices/:deviceId/commands')
  clear(@CurrentCaller() caller: Caller, @Param('deviceId') id: string): Promise<ClearedQueue> {
    const input = { tenant: caller.tenant, deviceIds: [deviceIdOf(id)] };
    return this.ask.run(caller, queueClear, input, (detail) => ({ subject: id, detail }));
  }
}

/** Throws AppError `input.invalid` for a key that is too long. */
function keyOf(header: unknown): string | undefined {
  return parse(IdempotencyKey, header, 'header Idempotency-Key');
}
