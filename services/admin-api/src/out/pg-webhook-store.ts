import type { Webhook } from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { ActiveWebhook, NewWebhook, WebhookKey } from '../ports/webhooks.ts';
import { WebhookStore } from '../ports/webhooks.ts';
import { iso, isoOrNull } from './rows.ts';
import * as sql from './sql/webhooks.ts';

type Row = Omit<Webhook, 'createdAt' | 'updatedAt' | 'oldestWaitingAt'> & {
  createdAt: Date;
  updatedAt: Date;
  oldestWaitingAt: Date | null;
};

@Injectable()
export class PgWebhookStore extends WebhookStore {
  constructor(private readonly database: Database) {
    super();
  }

  override async put({ tenant, name, url, topics, enabled, sealedSecret }: NewWebhook, at: Date): Promise<void> {
    const secret = [sealedSecret ?? null, at, sealedSecret === undefined];
    await this.database.query(sql.PUT, [tenant, name, url, topics, enabled, ...secret]);
  }

  override async list(tenant: string): Promise<Webhook[]> {
    return this.read(tenant, null);
  }

  override async find({ tenant, name }: WebhookKey): Promise<Webhook | undefined> {
    return (await this.read(tenant, name))[0];
  }

  override async remove({ tenant, name }: WebhookKey): Promise<boolean> {
    return (await this.database.query(sql.REMOVE, [tenant, name])).length === 1;
  }

  override active(): Promise<ActiveWebhook[]> {
    return this.database.query<ActiveWebhook>(sql.ACTIVE);
  }

  override async backlog({ tenant, name }: WebhookKey, most: number): Promise<number> {
    const [row] = await this.database.query<{ events: number }>(sql.BACKLOG, [tenant, name, most]);
    return row?.events ?? 0;
  }

  override async noteDropped({ tenant, name }: WebhookKey, events: number): Promise<void> {
    await this.database.query(sql.DROPPED, [tenant, name, events]);
  }

  private async read(tenant: string, name: string | null): Promise<Webhook[]> {
    const rows = await this.database.query<Row>(sql.LIST, [tenant, name]);
    return rows.map((row) => ({
      ...row,
      createdAt: iso(row.createdAt),
      updatedAt: iso(row.updatedAt),
      oldestWaitingAt: isoOrNull(row.oldestWaitingAt),
    }));
  }
}
