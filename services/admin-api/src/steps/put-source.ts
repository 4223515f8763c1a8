import { AppError, type Source, sourceKeyContext, type SourceSpec } from '@lamplighter/contracts';
import { Clock, Sealer } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '../ports/audit.ts';
import type { Caller } from '../domain/caller.ts';
import { SourceStore } from '../ports/sources.ts';
import type { WebhookKey } from '../ports/webhooks.ts';

/** Creates or replaces a source. Its keys are sealed; the audit says only whether what it sends must be signed. */
@Injectable()
export class PutSource {
  constructor(
    private readonly sources: SourceStore,
    private readonly sealer: Sealer,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Throws AppError `source.no-api-key`. */
  async run(caller: Caller, name: string, { apiKey, webhookKey, ...spec }: SourceSpec): Promise<Source> {
    const key = { tenant: caller.tenant, name };
    const sealedApiKey =
      apiKey === undefined
        ? await this.heldKey(key, spec)
        : this.sealer.seal(Buffer.from(apiKey), sourceKeyContext(key, 'api-key'));
    const sealedWebhookKey =
      webhookKey == null ? webhookKey : this.sealer.seal(Buffer.from(webhookKey), sourceKeyContext(key, 'webhook-key'));
    const at = this.clock.now();
    await this.sources.put({ ...key, ...spec, sealedApiKey, sealedWebhookKey }, at);
    const stored = (await this.sources.find(key))!;
    const detail = { ...spec, signed: stored.signed };
    await this.audit.add({ caller, at, action: 'source.put', subject: name, detail });
    return stored;
  }

  /** The key goes where it was meant to go: who changes the address and does not know it would have it sent to himself. */
  private async heldKey(key: WebhookKey, { kind, url }: Pick<SourceSpec, 'kind' | 'url'>): Promise<Buffer> {
    const [door, known] = [await this.sources.door(key), await this.sources.find(key)];
    if (door !== undefined && known !== undefined && originOf(known.url) === originOf(url)) return door.sealedApiKey;
    const isNew = door === undefined;
    const what = isNew ? 'has no API key yet' : 'has an API key for another address';
    throw new AppError('source.no-api-key', `the source ${key.name} ${what}`, {
      remedy: `send apiKey: the key that ${kind} was started with`,
      fields: [{ path: 'apiKey', message: isNew ? 'required for a new source' : 'required with another address' }],
    });
  }
}

function originOf(url: string): string {
  return new URL(url).origin;
}
