import {
  type Catalog,
  CatalogFilter,
  type CatalogImported,
  FeedKind,
  type PushCertificates,
  pushCertificatePut,
} from '@lamplighter/contracts';
import { Body, Controller, Get, HttpCode, Post, Put, Query, Req, UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ReleaseViews } from '../ports/catalog.ts';
import { CatalogViews } from '../ports/catalog.ts';
import type { Caller } from '../domain/caller.ts';
import { AskService } from '../steps/ask-service.ts';
import { ImportFeed } from '../steps/import-feed.ts';
import { RefreshFeeds } from '../steps/refresh-feeds.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { parse } from './parse.ts';
import { bytesOf, RawBody } from './raw-body.ts';

const ImportQuery = z.object({
  kind: FeedKind.optional(),
  name: z.string().max(500).optional(),
  force: z.stringbool().default(false),
});
const Refresh = z.object({ sources: z.array(z.string().max(40)).min(1).max(20).optional() }).default({});
const Pem = z.object({ pem: z.string().min(1).max(100_000), force: z.boolean().optional() });

@Controller('v1')
@UseGuards(BearerGuard)
export class CatalogController {
  constructor(
    private readonly views: CatalogViews,
    private readonly ask: AskService,
    private readonly releases: ReleaseViews,
    private readonly importFeed: ImportFeed,
    private readonly refreshFeeds: RefreshFeeds,
  ) {}

  @Get('catalog')
  show(@CurrentCaller() caller: Caller, @Query() query: unknown): Promise<Catalog> {
    return this.releases.catalog(parse(CatalogFilter, query, 'query'), caller.tenant);
  }

  @Post('catalog')
  @HttpCode(200)
  @RawBody()
  import(
    @CurrentCaller() caller: Caller,
    @Query() query: unknown,
    @Req() request: FastifyRequest,
  ): Promise<CatalogImported> {
    const { kind, name, force } = parse(ImportQuery, query, 'query');
    return this.importFeed.run(caller, { bytes: bytesOf(request.body), kind, name, force });
  }

  @Post('catalog/refresh')
  @HttpCode(202)
  refresh(@CurrentCaller() caller: Caller, @Body() body: unknown): Promise<{ sources: string[] }> {
    return this.refreshFeeds.run(caller, parse(Refresh, body ?? undefined, 'request').sources);
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
