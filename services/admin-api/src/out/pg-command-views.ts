import { type CommandItem, type CommandPage, traceIdOf } from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { laneOfPriority } from '../domain/lane.ts';
import { type PendingCommand, type WaitingFacts, whyWaiting } from '../domain/why-waiting.ts';
import type { CommandQuery } from '../ports/commands.ts';
import { CommandViews } from '../ports/commands.ts';
import { iso, isoOrNull } from './rows.ts';
import * as sql from './sql/commands.ts';

@Injectable()
export class PgCommandViews extends CommandViews {
  constructor(private readonly database: Database) {
    super();
  }

  override async list(
    tenant: string,
    deviceId: string,
    { state, before, limit }: CommandQuery,
    now: Date,
  ): Promise<CommandPage | undefined> {
    const only = state === 'all' ? null : state === 'pending';
    const values = [tenant, deviceId, only, before?.createdAt ?? null, before?.commandId ?? null, limit];
    const rows = await this.database.query<sql.CommandRow>(sql.PAGE, values);
    const facts = await this.facts(tenant, deviceId, now);
    if (rows.length === 0 && facts.enrollment === undefined && before === undefined) return undefined;
    const last = rows.at(-1);
    return {
      items: rows.map((row) => itemOf(row, facts)),
      next: last === undefined || rows.length < limit ? null : `${iso(last.createdAt)}_${last.commandId}`,
    };
  }

  private async facts(tenant: string, deviceId: string, now: Date): Promise<WaitingFacts> {
    const key = [tenant, deviceId];
    const [[enrollment], [lastPush], pending] = await Promise.all([
      this.database.query<sql.FactsRow>(sql.FACTS, key),
      this.database.query<NonNullable<WaitingFacts['lastPush']>>(sql.LAST_PUSH, key),
      this.database.query<sql.CommandRow>(sql.PENDING, key),
    ]);
    const notAfter = enrollment?.certificateNotAfter ?? null;
    const certificate = notAfter === null ? undefined : { notAfter };
    return { now, enrollment, source: sourceOf(enrollment), certificate, lastPush, pending: pending.filter(isPending) };
  }
}

function sourceOf(row: sql.FactsRow | undefined): WaitingFacts['source'] {
  if (row === undefined || row.source === null) return undefined;
  return { name: row.source, kind: row.sourceKind, isEnabled: row.sourceEnabled === true, error: row.sourceError };
}

function isPending(row: sql.CommandRow): row is sql.CommandRow & PendingCommand {
  return row.finishedAt === null;
}

function itemOf(row: sql.CommandRow, facts: WaitingFacts): CommandItem {
  return {
    commandId: row.commandId,
    requestType: row.requestType,
    cause: row.cause,
    lane: laneOfPriority(row.priority),
    state: row.state,
    createdAt: iso(row.createdAt),
    notBefore: isoOrNull(row.notBefore),
    expiresAt: iso(row.expiresAt),
    pushCount: row.pushCount,
    sentAt: isoOrNull(row.sentAt),
    sentCount: row.sentCount,
    firstNotNowAt: isoOrNull(row.firstNotNowAt),
    notNowCount: row.notNowCount,
    finishedAt: isoOrNull(row.finishedAt),
    handedTo: row.handedTo,
    detail: row.detail,
    traceId: traceIdOf(row.traceparent) ?? null,
    waiting: isPending(row) ? whyWaiting(row, facts) : null,
  };
}
