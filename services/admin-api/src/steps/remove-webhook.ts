import type { Webhook } from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { noWebhook } from '../domain/webhook-event.ts';
import { AuditLog } from '../ports/audit.ts';
import type { Caller } from '../domain/caller.ts';
import { WebhookStore } from '../ports/webhooks.ts';

/** Removes a webhook with all that waits for it. Throws AppError `webhook.not-found`. */
@Injectable()
export class RemoveWebhook {
  constructor(
    private readonly webhooks: WebhookStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** As it was. */
  async run(caller: Caller, name: string): Promise<Webhook> {
    const key = { tenant: caller.tenant, name };
    const known = await this.webhooks.find(key);
    if (!known || !(await this.webhooks.remove(key))) throw noWebhook(name);
    const detail = { url: known.url, waiting: known.waiting, failed: known.failed };
    await this.audit.add({ caller, at: this.clock.now(), action: 'webhook.remove', subject: name, detail });
    return known;
  }
}
