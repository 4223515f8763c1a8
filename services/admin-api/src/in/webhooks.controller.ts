import {
  type Webhook,
  type WebhookDelivery,
  type WebhookDeliveryDetail,
  type WebhookDeliveryPage,
  WebhookDeliveryState,
  WebhookName,
  WebhookSpec,
} from '@lamplighter/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import type { Caller } from '../domain/caller.ts';
import { DeliveryStore } from '../ports/deliveries.ts';
import { WebhookStore } from '../ports/webhooks.ts';
import { DiscardDelivery } from '../steps/discard-delivery.ts';
import { PutWebhook } from '../steps/put-webhook.ts';
import { RemoveWebhook } from '../steps/remove-webhook.ts';
import { RetryDeliveries } from '../steps/retry-deliveries.ts';
import { ShowDelivery } from '../steps/show-delivery.ts';
import { BearerGuard, CurrentCaller } from './bearer.guard.ts';
import { found, PageQuery, parse } from './parse.ts';

const ListQuery = PageQuery.extend({
  cursor: z
    .string()
    .regex(/^\d{0,15}$/, '`next` of a page')
    .default(''),
  state: WebhookDeliveryState.optional(),
});

@Controller('v1/webhooks')
@UseGuards(BearerGuard)
export class WebhooksController {
  constructor(
    private readonly webhooks: WebhookStore,
    private readonly deliveries: DeliveryStore,
    private readonly putOne: PutWebhook,
    private readonly removeOne: RemoveWebhook,
  ) {}

  @Get()
  async list(@CurrentCaller() { tenant }: Caller): Promise<{ items: Webhook[] }> {
    return { items: await this.webhooks.list(tenant) };
  }

  @Get(':name')
  async show(@CurrentCaller() { tenant }: Caller, @Param('name') name: string): Promise<Webhook> {
    return found(await this.webhooks.find({ tenant, name }), 'webhook', name);
  }

  @Put(':name')
  put(@CurrentCaller() caller: Caller, @Param('name') name: string, @Body() body: unknown): Promise<Webhook> {
    return this.putOne.run(caller, parse(WebhookName, name, 'webhook name'), parse(WebhookSpec, body, 'webhook'));
  }

  @Delete(':name')
  remove(@CurrentCaller() caller: Caller, @Param('name') name: string): Promise<Webhook> {
    return this.removeOne.run(caller, name);
  }

  @Get(':name/deliveries')
  async page(
    @CurrentCaller() { tenant }: Caller,
    @Param('name') name: string,
    @Query() query: unknown,
  ): Promise<WebhookDeliveryPage> {
    const wanted = parse(ListQuery, query, 'query');
    found(await this.webhooks.find({ tenant, name }), 'webhook', name);
    return this.deliveries.page({ tenant, name }, wanted);
  }
}

/** What waits for a webhook, or was given up: one at a time, or all that was given up. */
@Controller('v1/webhooks/:name')
@UseGuards(BearerGuard)
export class DeliveriesController {
  constructor(
    private readonly showOne: ShowDelivery,
    private readonly retryThem: RetryDeliveries,
    private readonly discardOne: DiscardDelivery,
  ) {}

  @Post('retry')
  @HttpCode(200)
  retryAll(@CurrentCaller() caller: Caller, @Param('name') name: string): Promise<{ retried: number }> {
    return this.retryThem.run(caller, name);
  }

  @Get('deliveries/:eventId')
  show(
    @CurrentCaller() caller: Caller,
    @Param('name') name: string,
    @Param('eventId') id: string,
  ): Promise<WebhookDeliveryDetail> {
    return this.showOne.run(caller, name, eventIdOf(id));
  }

  @Post('deliveries/:eventId/retry')
  @HttpCode(200)
  retry(
    @CurrentCaller() caller: Caller,
    @Param('name') name: string,
    @Param('eventId') id: string,
  ): Promise<{ retried: number }> {
    return this.retryThem.run(caller, name, eventIdOf(id));
  }

  @Delete('deliveries/:eventId')
  discard(
    @CurrentCaller() caller: Caller,
    @Param('name') name: string,
    @Param('eventId') id: string,
  ): Promise<WebhookDelivery> {
    return this.discardOne.run(caller, name, eventIdOf(id));
  }
}

function eventIdOf(given: string): string {
  return parse(z.guid(), given, 'event id');
}
