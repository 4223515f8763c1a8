import type { WebhookDeliveryDetail } from '@lamplighter/contracts';
import { Injectable } from '@nestjs/common';
import { noDelivery, webhookBody } from '../domain/webhook-event.ts';
import { AnswerReader } from '../ports/answers.ts';
import type { Caller } from '../domain/caller.ts';
import { DeliveryStore } from '../ports/deliveries.ts';

/** One delivery with the body that is sent. Throws AppError `delivery.not-found`. */
@Injectable()
export class ShowDelivery {
  constructor(
    private readonly deliveries: DeliveryStore,
    private readonly answers: AnswerReader,
  ) {}

  async run(caller: Caller, name: string, eventId: string): Promise<WebhookDeliveryDetail> {
    const found = await this.deliveries.find({ tenant: caller.tenant, name }, eventId);
    if (!found) throw noDelivery(eventId);
    const raw = await this.answers.read(found.event.payload);
    return { ...found.delivery, body: raw === undefined ? null : JSON.parse(webhookBody(found.event, raw)) };
  }
}
