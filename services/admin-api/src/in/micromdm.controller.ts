import { AppError, queueClear } from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Controller, Delete, Get, Param, Post, Put, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { type CommandBody, commandIdOf, invalid, readCommandPlist } from '../domain/command-body.ts';
import { readCommandRequest } from '../domain/micromdm/command-request.ts';
import { queueViewOf } from '../domain/micromdm/queue-view.ts';
import { pushError } from '../domain/nanomdm.ts';
import type { Caller } from '../domain/caller.ts';
import { CommandViews } from '../ports/commands.ts';
import { AskService } from '../steps/ask-service.ts';
import { taken } from '../steps/order-commands.ts';
import { PushDevices } from '../steps/push-devices.ts';
import { PutCommands } from '../steps/put-commands.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { CompatErrors, sendJson } from './compat-errors.ts';
import { deviceIdOf } from './device-id.ts';
import { bytesOf, RawBody } from './raw-body.ts';

const INDENT = '  ';
const QUEUE_LIMIT = 500;

/** MicroMDM's API for commands and pushes; its formats are in docs/compatibility.md. */
@Controller()
@UseGuards(BearerGuard)
@UseFilters(new CompatErrors('error', INDENT))
export class MicroMdmController {
  constructor(
    private readonly put: PutCommands,
    private readonly pushDevices: PushDevices,
    private readonly views: CommandViews,
    private readonly ask: AskService,
    private readonly clock: Clock,
  ) {}

  @Post('v1/commands')
  @RawBody()
  async order(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { deviceId, commandId = randomUUID(), echo, ...body } = readCommandRequest(bytesOf(request.body));
    await this.enqueue(caller, deviceId, commandId, body);
    sendJson(reply, 201, { payload: { command_uuid: commandId, command: echo } }, INDENT);
  }

  @Post('v1/commands/:udid')
  @RawBody()
  postRaw(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.orderRaw(caller, request, reply);
  }

  @Put('v1/commands/:udid')
  @RawBody()
  putRaw(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.orderRaw(caller, request, reply);
  }

  @Get('v1/commands/:udid')
  async queue(@CurrentCaller() caller: Caller, @Param('udid') udid: string, @Res() reply: FastifyReply): Promise<void> {
    const query = { state: 'all', before: undefined, limit: QUEUE_LIMIT } as const;
    const page = await this.views.list(caller.tenant, deviceIdOf(udid), query, this.clock.now());
    if (page === undefined) throw new AppError('device.not-found', `there is no device ${udid} in this tenant`);
    sendJson(reply, 200, queueViewOf(udid, page.items.toReversed()), INDENT);
  }

  @Delete('v1/commands/:udid')
  async clear(@CurrentCaller() caller: Caller, @Param('udid') udid: string, @Res() reply: FastifyReply): Promise<void> {
    const input = { tenant: caller.tenant, deviceIds: [deviceIdOf(udid)] };
    await this.ask.run(caller, queueClear, input, (detail) => ({ subject: udid, detail }));
    sendJson(reply, 200, {}, INDENT);
  }

  @Get('push/:udid')
  getPush(@CurrentCaller() caller: Caller, @Param('udid') udid: string, @Res() reply: FastifyReply): Promise<void> {
    return this.push(caller, udid, reply);
  }

  @Post('push/:udid')
  @RawBody()
  postPush(@CurrentCaller() caller: Caller, @Param('udid') udid: string, @Res() reply: FastifyReply): Promise<void> {
    return this.push(caller, udid, reply);
  }

  private async orderRaw(caller: Caller, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const deviceId = deviceIdOf((request.params as { udid: string }).udid);
    const { commandUuid, ...body } = readCommandPlist(bytesOf(request.body));
    if (commandUuid === undefined) throw invalid('the plist has no CommandUUID', 'CommandUUID');
    const commandId = commandIdOf(commandUuid);
    await this.enqueue(caller, deviceId, commandId, body);
    const command = { request_type: body.requestType };
    sendJson(reply, 201, { payload: { udid: deviceId, command_uuid: commandId, command } }, INDENT);
  }

  /** Committed when it returns. Throws AppError where the queue does not take it; a repeat is no error. */
  private async enqueue(caller: Caller, deviceId: string, commandId: string, body: CommandBody): Promise<void> {
    const { tickets } = await this.put.run(caller, { body, targets: [{ deviceId, commandId }], push: 'queue' });
    taken(tickets[0]!);
  }

  private async push(caller: Caller, udid: string, reply: FastifyReply): Promise<void> {
    const [result] = await this.pushDevices.push(caller, [deviceIdOf(udid)]);
    if (result?.outcome !== 'accepted') {
      sendJson(reply, 500, { error: pushError(result!) }, INDENT);
      return;
    }
    sendJson(reply, 200, { status: 'success', push_notification_id: result.apnsId }, INDENT);
  }
}
