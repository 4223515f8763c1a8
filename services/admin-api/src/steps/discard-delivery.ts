import type { WebhookDelivery } from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { noDelivery } from '../domain/webhook-event.ts';
import { AuditLog } from '../ports/audit.ts';
import type { Caller } from '../domain/caller.ts';
import { DeliveryStore } from '../ports/deliveries.ts';

/** Takes one delivery back for good; what it was stays in the audit. Throws AppError `delivery.not-found`. */
@Injectable()
export class DiscardDelivery {
  constructor(
    private readonly deliveries: DeliveryStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async run(caller: Caller, name: string, eventId: string): Promise<WebhookDelivery> {
    const key = { tenant: caller.tenant, name };
    const found = await this.deliveries.find(key, eventId);
    if (!found) throw noDelivery(eventId);
    // First: what is gone must have left its trace.
    const detail = found.delivery;
    await this.audit.add({ caller, at: this.clock.now(), action: 'webhook.discard', subject: name, detail });
    await this.deliveries.discard(key, eventId);
    return found.delivery;
  }
}
