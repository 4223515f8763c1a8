import { AppError, type Source, sourceKeyContext, type SourceSpec } from '@lamplighter/contracts';
import { Clock, Sealer } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { AuditLog, type Caller, SourceStore } from '../ports.ts';

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
    const door = await this.sources.door(key);
    const sealedApiKey =
      apiKey === undefined
        ? door?.sealedApiKey
        : this.sealer.seal(Buffer.from(apiKey), sourceKeyContext(key, 'api-key'));
    if (sealedApiKey === undefined) {
      throw new AppError('source.no-api-key', `the source ${name} has no API key yet`, {
        remedy: `send apiKey: the key that ${spec.kind} was started with`,
        fields: [{ path: 'apiKey', message: 'required for a new source' }],
      });
    }
    const sealedWebhookKey =
      webhookKey == null ? webhookKey : this.sealer.seal(Buffer.from(webhookKey), sourceKeyContext(key, 'webhook-key'));
    const at = this.clock.now();
    await this.sources.put({ ...key, ...spec, sealedApiKey, sealedWebhookKey }, at);
    const stored = (await this.sources.find(key))!;
    const detail = { ...spec, signed: stored.signed };
    await this.audit.add({ caller, at, action: 'source.put', subject: name, detail });
    return stored;
  }
}
