import type { Webhook, WebhookSpec } from '@lamplighter/contracts';
import { Clock, Sealer } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { webhookContext } from '../domain/webhook-event.ts';
import { AuditLog, type Caller, WebhookStore } from '../ports.ts';

/** Creates or replaces a webhook. Its secret is sealed; the audit says only whether there is one. */
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
    const sealedSecret = secret == null ? secret : this.sealer.seal(Buffer.from(secret), webhookContext(key));
    const at = this.clock.now();
    await this.webhooks.put({ ...key, ...spec, sealedSecret }, at);
    const stored = (await this.webhooks.find(key))!;
    const detail = { ...spec, signed: stored.signed };
    await this.audit.add({ caller, at, action: 'webhook.put', subject: name, detail });
    return stored;
  }
}
