import { AppError, DeviceId, pushCertificatePut } from '@lamplighter/contracts';
import { Controller, Get, Post, Put, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { httpStatusOf, idsOf } from '../domain/nanomdm.ts';
import { CatalogViews } from '../ports/catalog.ts';
import type { Caller } from '../domain/caller.ts';
import { AskService } from '../steps/ask-service.ts';
import { EnqueueRawCommand } from '../steps/enqueue-raw-command.ts';
import { PushDevices } from '../steps/push-devices.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { CompatErrors, sendJson } from './compat-errors.ts';
import { found, parse } from './parse.ts';
import { bytesOf, RawBody } from './raw-body.ts';

const TAB = '\t';
const Ids = z.array(DeviceId).min(1).max(10_000);
const Topic = z.string().min(1).max(255);

/** NanoMDM's API; its formats are in docs/compatibility.md. */
@Controller('v1')
@UseGuards(BearerGuard)
export class NanoMdmController {
  constructor(
    private readonly enqueueCommand: EnqueueRawCommand,
    private readonly pushDevices: PushDevices,
    private readonly views: CatalogViews,
    private readonly ask: AskService,
  ) {}

  @Put('enqueue/:ids')
  @RawBody()
  @UseFilters(new CompatErrors('command_error', TAB))
  putCommand(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.enqueue(caller, request, reply);
  }

  @Post('enqueue/:ids')
  @RawBody()
  @UseFilters(new CompatErrors('command_error', TAB))
  postCommand(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.enqueue(caller, request, reply);
  }

  @Get('push/:ids')
  @UseFilters(new CompatErrors('push_error', TAB))
  getPush(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.push(caller, request, reply);
  }

  @Put('push/:ids')
  @RawBody()
  @UseFilters(new CompatErrors('push_error', TAB))
  putPush(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.push(caller, request, reply);
  }

  @Post('push/:ids')
  @RawBody()
  @UseFilters(new CompatErrors('push_error', TAB))
  postPush(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.push(caller, request, reply);
  }

  @Put('pushcert')
  @RawBody()
  @UseFilters(new CompatErrors('error', TAB))
  putCertificate(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.storeCertificate(caller, request, reply);
  }

  @Post('pushcert')
  @RawBody()
  @UseFilters(new CompatErrors('error', TAB))
  postCertificate(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    return this.storeCertificate(caller, request, reply);
  }

  @Get('pushcert')
  @UseFilters(new CompatErrors('error', TAB))
  async certificate(
    @CurrentCaller() caller: Caller,
    @Query('topic') topic: unknown,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const wanted = parse(Topic, topic, 'query parameter topic');
    const { items } = await this.views.pushCertificates(caller.tenant);
    const { notAfter } = found(
      items.find((item) => item.topic === wanted),
      'push-certificate',
      wanted,
    );
    sendJson(reply, 200, certificateOf({ topic: wanted, notAfter }), TAB);
  }

  private async enqueue(caller: Caller, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const ids = idsIn(request);
    const { nopush = '' } = request.query as { nopush?: string };
    const result = await this.enqueueCommand.run(caller, ids, bytesOf(request.body), nopush !== '');
    sendJson(reply, httpStatusOf(result, ids.length), result, TAB);
  }

  private async push(caller: Caller, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const ids = idsIn(request);
    const result = await this.pushDevices.run(caller, ids);
    sendJson(reply, httpStatusOf(result, ids.length), result, TAB);
  }

  private async storeCertificate(caller: Caller, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const pem = bytesOf(request.body).toString('utf8');
    if (pem.length > 100_000)
      throw new AppError('push-certificate.too-large', 'a PEM certificate with its key is never that large');
    const stored = await this.ask.run(caller, pushCertificatePut, { tenant: caller.tenant, pem }, (done) => ({
      subject: done.topic,
      detail: { notAfter: done.notAfter },
    }));
    sendJson(reply, 200, certificateOf(stored), TAB);
  }
}

/** Throws AppError for none, too many or too long ids. */
function idsIn(request: FastifyRequest): string[] {
  return parse(Ids, idsOf((request.params as { ids: string }).ids), 'list of ids');
}

/** Go writes whole seconds without a fraction. */
function certificateOf({ topic, notAfter }: { topic: string; notAfter: string }): object {
  return { topic, not_after: notAfter.replace('.000Z', 'Z') };
}
