import type { WebhookDelivery, WebhookDeliveryPage, WebhookTopic } from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { WebhookEvent } from '../domain/webhook-event.ts';
import type { Attempt, ClaimedDelivery, DeliveryQuery } from '../ports/deliveries.ts';
import { DeliveryStore } from '../ports/deliveries.ts';
import type { WebhookKey } from '../ports/webhooks.ts';
import { iso } from './rows.ts';
import * as sql from './sql/webhook-deliveries.ts';

interface Row {
  seq: number;
  eventId: string;
  topic: WebhookTopic;
  deviceId: string;
  at: Date;
  attempts: number;
  nextAt: Date;
  expiresAt: Date;
  failedAt: Date | null;
  lastStatus: number | null;
  lastError: string | null;
}

@Injectable()
export class PgDeliveryStore extends DeliveryStore {
  constructor(private readonly database: Database) {
    super();
  }

  override async add({ tenant, name }: WebhookKey, events: readonly WebhookEvent[], expiresMs: number): Promise<void> {
    await this.database.query(sql.ADD, [
      tenant,
      name,
      events.map((event) => event.eventId),
      events.map((event) => event.topic),
      events.map((event) => event.deviceId),
      events.map((event) => event.at),
      events.map((event) => JSON.stringify(event)),
      expiresMs,
    ]);
  }

  override async claim({ tenant, name }: WebhookKey, limit: number, leaseMs: number): Promise<ClaimedDelivery[]> {
    const values = [tenant, name, limit, leaseMs];
    const rows = await this.database.query<Pick<Row, 'attempts'> & { event: string }>(sql.CLAIM, values);
    return rows.map(({ attempts, event }) => ({ attempts, event: eventOf(event) }));
  }

  override async settle({ tenant, name }: WebhookKey, attempts: readonly Attempt[]): Promise<void> {
    const of = (outcome: Attempt['outcome']) => attempts.filter((attempt) => attempt.outcome === outcome);
    const keysOf = (some: Attempt[]) => [tenant, name, some.map(({ event }) => event.eventId)];
    const fences = (some: Attempt[]) => some.map((attempt) => attempt.attempts);
    const [delivered, failed, untried] = [of('delivered'), of('failed'), of('untried')];
    if (delivered.length > 0) await this.database.query(sql.DELIVERED, keysOf(delivered));
    if (untried.length > 0) await this.database.query(sql.UNTRIED, [...keysOf(untried), fences(untried)]);
    if (failed.length === 0) return;
    await this.database.query(sql.FAILED, [
      ...keysOf(failed),
      fences(failed),
      failed.map(({ retryMs }) => retryMs ?? null),
      failed.map(({ status }) => status ?? null),
      failed.map(({ error }) => error ?? null),
    ]);
  }

  override async sweep(keptMs: number): Promise<void> {
    await this.database.query(sql.EXPIRE);
    await this.database.query(sql.FORGET, [keptMs]);
  }

  override async page(
    { tenant, name }: WebhookKey,
    { state, cursor, limit }: DeliveryQuery,
  ): Promise<WebhookDeliveryPage> {
    const failed = state === undefined ? null : state === 'failed';
    const rows = await this.database.query<Row>(sql.PAGE, [tenant, name, failed, Number(cursor || 0), limit]);
    return { items: rows.map(deliveryOf), next: rows.length < limit ? null : String(rows.at(-1)!.seq) };
  }

  override async find(
    { tenant, name }: WebhookKey,
    eventId: string,
  ): Promise<{ delivery: WebhookDelivery; event: WebhookEvent } | undefined> {
    const [row] = await this.database.query<Row & { event: string }>(sql.ONE, [tenant, name, eventId]);
    if (row === undefined) return undefined;
    const { event, ...delivery } = row;
    return { delivery: deliveryOf(delivery), event: eventOf(event) };
  }

  override async retry({ tenant, name }: WebhookKey, expiresMs: number, eventId?: string): Promise<number> {
    const values = [tenant, name, expiresMs, eventId ?? null];
    const [row] = await this.database.query<{ retried: number }>(sql.RETRY, values);
    return row?.retried ?? 0;
  }

  override async discard({ tenant, name }: WebhookKey, eventId: string): Promise<boolean> {
    return (await this.database.query(sql.DISCARD, [tenant, name, eventId])).length === 1;
  }
}

function eventOf(text: string): WebhookEvent {
  return JSON.parse(text) as WebhookEvent;
}

function deliveryOf({ seq: _seq, failedAt, ...row }: Row): WebhookDelivery {
  return {
    ...row,
    at: iso(row.at),
    state: failedAt === null ? 'waiting' : 'failed',
    nextAt: failedAt === null ? iso(row.nextAt) : null,
    expiresAt: iso(row.expiresAt),
  };
}
