import { SourceKey, TenantId } from '@lamplighter/contracts';
import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { TakeEvent } from '../steps/take-event.ts';
import { parse } from './parse.ts';
import { bytesOf, RawBody } from './raw-body.ts';

/** Where other MDM servers post their events: NanoMDM's `-webhook-url`, MicroMDM's `-command-webhook-url`. */
@Controller('v1/webhook')
export class IntakeController {
  constructor(private readonly takeEvent: TakeEvent) {}

  /** 200 once it cannot be lost; anything else is an error to the sender. */
  @Post(':source')
  @HttpCode(200)
  @RawBody({ open: true })
  take(@Param('source') source: string, @Req() request: FastifyRequest): Promise<void> {
    return this.from('default', source, request);
  }

  @Post(':tenant/:source')
  @HttpCode(200)
  @RawBody({ open: true })
  takeOf(
    @Param('tenant') tenant: string,
    @Param('source') source: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    return this.from(tenant, source, request);
  }

  private async from(tenant: string, source: string, { headers, body }: FastifyRequest): Promise<void> {
    const key = { tenant: parse(TenantId, tenant, 'tenant'), name: parse(SourceKey, source, 'source name') };
    const signature = headers['x-hmac-signature'];
    await this.takeEvent.run(key, {
      body: bytesOf(body),
      signature: typeof signature === 'string' ? signature : undefined,
      authorization: headers.authorization,
    });
  }
}
