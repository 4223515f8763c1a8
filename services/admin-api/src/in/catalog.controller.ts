import { type Catalog, catalogImport, type PushCertificates, pushCertificatePut } from '@lamplighter/contracts';
import { Body, Controller, Get, HttpCode, Post, Put, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { CatalogViews, type Caller } from '../ports.ts';
import { AskService } from '../steps/ask-service.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { parse } from './parse.ts';

const Feed = z.record(z.string(), z.unknown());
const Pem = z.object({ pem: z.string().min(1).max(100_000), force: z.boolean().optional() });

@Controller('v1')
@UseGuards(BearerGuard)
export class CatalogController {
  constructor(
    private readonly views: CatalogViews,
    private readonly ask: AskService,
  ) {}

  @Get('catalog')
  releases(): Promise<Catalog> {
    return this.views.releases();
  }

  @Post('catalog')
  @HttpCode(200)
  import(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<{ releases: number; added: number }> {
    const feed = JSON.stringify(parse(Feed, body, 'release feed'));
    return this.ask.run(caller, catalogImport, { source: `api:${caller.name}`, feed }, (done) => ({
      subject: 'catalog',
      detail: done,
    }));
  }

  @Get('push-certificates')
  pushCertificates(@CurrentCaller() caller: Caller): Promise<z.infer<typeof PushCertificates>> {
    return this.views.pushCertificates(caller.tenant);
  }

  @Put('push-certificates')
  putPushCertificate(
    @CurrentCaller() caller: Caller,
    @Body() body: unknown,
  ): Promise<{ topic: string; notAfter: string }> {
    const input = { tenant: caller.tenant, ...parse(Pem, body, 'push certificate') };
    return this.ask.run(caller, pushCertificatePut, input, (done) => ({
      subject: done.topic,
      detail: { notAfter: done.notAfter },
    }));
  }
}
