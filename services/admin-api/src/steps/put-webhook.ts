import { AppError, type Webhook, type WebhookSpec } from '@lamplighter/contracts';
import { Clock, Sealer } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { webhookContext } from '../domain/webhook-event.ts';
import { AuditLog } from '../ports/audit.ts';
import type { Caller } from '../domain/caller.ts';
import { WebhookStore } from '../ports/webhooks.ts';

/** Each has its own queue and connections. */
const MOST_WEBHOOKS = 50;

/** Creates or replaces a webhook. Its secret is sealed; the audit says only whether there is one. Throws AppError `webhook.too-many`. */
@Injectable()
export class PutWebhook {
  constructor(
    private readonly webhooks: WebhookStore,
    private readonly sealer: Sealer,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  async run(caller: Caller, name: string, { secret, ...spec }: WebhookSpec): Promise<Webhook> {
    const key = { tenant: caller.tenant, name };
    await this.checkRoom(caller.tenant, name);
    const sealedSecret = secret == null ? secret : this.sealer.seal(Buffer.from(secret), webhookContext(key));
    const at = this.clock.now();
    await this.webhooks.put({ ...key, ...spec, sealedSecret }, at);
    const stored = (await this.webhooks.find(key))!;
    const detail = { ...spec, signed: stored.signed };
    await this.audit.add({ caller, at, action: 'webhook.put', subject: name, detail });
    return stored;
  }

  private async checkRoom(tenant: string, name: string): Promise<void> {
    const known = await this.webhooks.list(tenant);
    if (known.length < MOST_WEBHOOKS || known.some((webhook) => webhook.name === name)) return;
    throw new AppError('webhook.too-many', `this tenant has ${MOST_WEBHOOKS} webhooks, which is the most`, {
      remedy: 'remove one that is no longer needed, or send from one receiver to others',
    });
  }
}
