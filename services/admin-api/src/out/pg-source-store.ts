import type { Source } from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { NewSource, SourceDoor } from '../ports/sources.ts';
import { SourceStore, SourceTally } from '../ports/sources.ts';
import type { WebhookKey } from '../ports/webhooks.ts';
import { iso, isoOrNull } from './rows.ts';
import * as sql from './sql/sources.ts';

type Row = Omit<Source, 'createdAt' | 'updatedAt' | 'timeoutSeconds' | 'events' | 'handOver'> & {
  createdAt: Date;
  updatedAt: Date;
  timeoutMs: number;
  failingSince: Date | null;
  lastError: string | null;
  pausedUntil: Date | null;
};

@Injectable()
export class PgSourceStore extends SourceStore {
  constructor(
    private readonly database: Database,
    private readonly tally: SourceTally,
  ) {
    super();
  }

  override async put(source: NewSource, at: Date): Promise<void> {
    const { tenant, name, kind, url, unauthenticated, sealedApiKey, sealedWebhookKey } = source;
    const keys = [sealedApiKey, sealedWebhookKey ?? null, sealedWebhookKey === undefined];
    const terms = [source.concurrency, Math.round(source.timeoutSeconds * 1000), source.enabled];
    await this.database.query(sql.PUT, [tenant, name, kind, url, unauthenticated, ...keys, ...terms, at]);
  }

  override list(tenant: string): Promise<Source[]> {
    return this.read(tenant, null);
  }

  override async find({ tenant, name }: WebhookKey): Promise<Source | undefined> {
    return (await this.read(tenant, name))[0];
  }

  override async door({ tenant, name }: WebhookKey): Promise<SourceDoor | undefined> {
    return (await this.database.query<SourceDoor>(sql.DOOR, [tenant, name]))[0];
  }

  override async remove({ tenant, name }: WebhookKey): Promise<boolean> {
    return (await this.database.query(sql.REMOVE, [tenant, name])).length === 1;
  }

  private async read(tenant: string, name: string | null): Promise<Source[]> {
    const rows = await this.database.query<Row>(sql.LIST, [tenant, name]);
    return Promise.all(
      rows.map(async ({ timeoutMs, failingSince, lastError, pausedUntil, ...row }) => ({
        ...row,
        timeoutSeconds: timeoutMs / 1000,
        createdAt: iso(row.createdAt),
        updatedAt: iso(row.updatedAt),
        events: await this.tally.read({ tenant, name: row.name }),
        handOver: { failingSince: isoOrNull(failingSince), lastError, pausedUntil: isoOrNull(pausedUntil) },
      })),
    );
  }
}
