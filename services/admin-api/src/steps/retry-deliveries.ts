import { AppError } from '@lamplighter/contracts';
import { Clock, CONFIG } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { noDelivery, noWebhook } from '../domain/webhook-event.ts';
import { AuditLog } from '../ports/audit.ts';
import type { Caller } from '../domain/caller.ts';
import { DeliveryStore } from '../ports/deliveries.ts';
import { WebhookStore } from '../ports/webhooks.ts';

/** Begins anew with what was given up, or with one delivery. Throws AppError `webhook.not-found`, `delivery.not-found`. */
@Injectable()
export class RetryDeliveries {
  constructor(
    private readonly webhooks: WebhookStore,
    private readonly deliveries: DeliveryStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async run(caller: Caller, name: string, eventId?: string): Promise<{ retried: number }> {
    const key = { tenant: caller.tenant, name };
    const webhook = await this.webhooks.find(key);
    if (!webhook) throw noWebhook(name);
    if (!webhook.enabled)
      throw new AppError('webhook.disabled', `the webhook ${name} is disabled: nothing is sent to it`, {
        remedy: 'enable it first',
      });
    const retried = await this.deliveries.retry(key, this.config.LAMP_WEBHOOK_HOURS * 3_600_000, eventId);
    if (eventId !== undefined && retried === 0) throw noDelivery(eventId);
    const detail = { retried, ...(eventId === undefined ? {} : { eventId }) };
    await this.audit.add({ caller, at: this.clock.now(), action: 'webhook.retry', subject: name, detail });
    return { retried };
  }
}
