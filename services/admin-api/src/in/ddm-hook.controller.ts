import { AppError, DeviceId } from '@lamplighter/contracts';
import { Controller, Get, Put, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isUtf8 } from 'node:buffer';
import type { Caller } from '../domain/caller.ts';
import { RelayDdm } from '../steps/relay-ddm.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { parse } from './parse.ts';
import { bytesOf, RawBody } from './raw-body.ts';

/** What NanoMDM's `-dm` calls; anything but 200 is an error to it. The type and parent that it also sends are in the id. */
@Controller('v1/ddm')
@UseGuards(BearerGuard)
export class DdmHookController {
  constructor(private readonly relay: RelayDdm) {}

  @Get('*')
  async ask(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.answer(caller, request, reply);
  }

  /** A status report. */
  @Put('*')
  @RawBody()
  async tell(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.answer(caller, request, reply, bytesOf(request.body));
  }

  private async answer(caller: Caller, request: FastifyRequest, reply: FastifyReply, body?: Buffer): Promise<void> {
    const deviceId = parse(DeviceId, request.headers['x-enrollment-id'], 'header X-Enrollment-ID');
    const { status, body: json } = await this.relay.run(caller, deviceId, endpointOf(request), textOf(body));
    void reply
      .status(status)
      .header('content-type', 'application/json; charset=utf-8')
      .send(json ?? '');
  }
}

/** The rest of the path, decoded once: identifiers may hold anything. */
function endpointOf(request: FastifyRequest): string {
  return (request.params as { '*'?: string })['*'] ?? '';
}

function textOf(body: Buffer | undefined): string | undefined {
  if (body === undefined || body.length === 0) return undefined;
  if (isUtf8(body)) return body.toString('utf8');
  throw new AppError('ddm.invalid-report', 'the body is not UTF-8, so it is not JSON');
}
