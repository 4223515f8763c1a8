import type { NewCommand } from '@lamplighter/contracts';
import type { Tx } from '@lamplighter/runtime';
import { type CommandKey, type CommandOutcome, type FinishedCommand, storedStates } from '../domain/command.ts';
import type { DueDecision } from '../domain/due.ts';
import type { EndedCommand } from '../domain/ended.ts';
import { CommandStore, type CommandTerms, type ExchangeItem, type ExchangeRow, type PendingCommand } from '../ports.ts';
import * as dueSql from './sql/due.ts';
import * as enqueueSql from './sql/enqueue.ts';
import { exchange, type ExchangeRecord } from './sql/exchange.ts';
import { findFinished, type FinishedRecord, recordLate } from './sql/finished.ts';
import * as historySql from './sql/history.ts';

const DAY_MS = 86_400_000;
/** Sorts before every command id. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

export class PgCommandStore extends CommandStore {
  override async enqueue(tx: Tx, groups: readonly CommandTerms[], now: Date): Promise<NewCommand[][]> {
    await tx.query(enqueueSql.mayEnqueue);
    const bodies = groups.flatMap((group) => group.bodies.map((body) => ({ tenant: group.tenant, ...body })));
    await tx.query(enqueueSql.keepBodies, [
      bodies.map((body) => body.tenant),
      bodies.map((body) => body.bodyId),
      bodies.map((body) => body.requestType),
      bodies.map((body) => body.command),
      now,
    ]);
    const rows = await tx.query<{ tenant: string; device_id: string; command_id: string }>(enqueueSql.enqueue, [
      ...commandColumns(groups),
      ...termColumns(groups),
      now,
      new Date(Math.min(...groups.map((group) => group.sentForAt.getTime())) - DAY_MS),
    ]);
    return newOnes(groups, rows);
  }

  override async exchange(tx: Tx, items: readonly ExchangeItem[], now: Date): Promise<ExchangeRow[]> {
    const rows = await tx.query<ExchangeRecord>(exchange, [
      items.map((item) => item.tenant),
      items.map((item) => item.deviceId),
      items.map((item) => item.certificateHash),
      items.map((item) => item.commandId),
      items.map((item) => item.status),
      now,
    ]);
    return rows.map(toExchangeRow);
  }

  override async findFinished(tx: Tx, keys: readonly CommandKey[]): Promise<FinishedCommand[]> {
    const rows = await tx.query<FinishedRecord>(findFinished, keyColumns(keys));
    return rows.map((row) => ({
      tenant: row.tenant,
      deviceId: row.device_id,
      commandId: row.command_id,
      requestType: row.request_type,
      cause: row.cause,
      notNowCount: row.not_now_count,
      traceparent: row.traceparent,
      outcome: row.outcome as CommandOutcome,
      finishedAt: row.finished_at,
    }));
  }

  override async recordLate(tx: Tx, late: readonly (FinishedCommand & { reported: CommandOutcome })[]): Promise<void> {
    await tx.query(recordLate, [
      ...keyColumns(late),
      late.map((command) => command.finishedAt),
      late.map((command) => command.reported),
    ]);
  }

  override async takeDue(tx: Tx, now: Date, limit: number): Promise<PendingCommand[]> {
    const rows = await tx.query<DueRecord>(dueSql.takeDue, [now, limit]);
    return rows.map((row) => ({
      ...endedOf(row),
      notBefore: row.not_before,
      expiresAt: row.expires_at,
      sentAt: row.sent_at,
      pushCount: row.push_count,
      reachable: row.reachable,
    }));
  }

  override async settleDue(
    tx: Tx,
    settled: readonly { command: PendingCommand; decision: DueDecision }[],
    now: Date,
  ): Promise<void> {
    const finished: { command: PendingCommand; outcome: string }[] = [];
    const putOff: { command: PendingCommand; dueAt: Date; pushes: number }[] = [];
    for (const { command, decision } of settled) {
      if (decision.kind === 'finish') finished.push({ command, outcome: decision.outcome });
      else putOff.push({ command, dueAt: decision.dueAt, pushes: decision.kind === 'push' ? 1 : 0 });
    }
    if (finished.length > 0) {
      const keys = keyColumns(finished.map(({ command }) => command));
      await tx.query(dueSql.finishDue, [...keys, finished.map(({ outcome }) => outcome), now]);
    }
    if (putOff.length > 0) {
      await tx.query(dueSql.putOffDue, [
        ...keyColumns(putOff.map(({ command }) => command)),
        putOff.map(({ dueAt }) => dueAt),
        putOff.map(({ pushes }) => pushes),
      ]);
    }
  }

  override async voidQueues(tx: Tx, tenant: string, deviceIds: readonly string[], now: Date): Promise<EndedCommand[]> {
    return (await tx.query<EndedRecord>(dueSql.voidQueues, [tenant, deviceIds, now])).map(endedOf);
  }

  override async makeDue(tx: Tx, tenant: string, deviceId: string, now: Date): Promise<void> {
    await tx.query(dueSql.makeDue, [tenant, deviceId, now]);
  }

  override async refuseCause(tx: Tx, tenant: string, cause: string, at: Date): Promise<void> {
    await tx.query(enqueueSql.mayRevoke);
    await tx.query(dueSql.refuseCause, [tenant, cause, at]);
  }

  override async revoke(
    tx: Tx,
    of: { tenant: string; cause: string },
    after: CommandKey | null,
    limit: number,
    now: Date,
  ): Promise<CommandKey | null> {
    const values = [of.tenant, of.cause, after?.deviceId ?? '', after?.commandId ?? FIRST_ID, limit, now];
    const [last] = await tx.query<{ device_id: string; command_id: string }>(dueSql.revoke, values);
    return last === undefined ? null : { tenant: of.tenant, deviceId: last.device_id, commandId: last.command_id };
  }

  override async keepHistory(tx: Tx, now: Date, days: number): Promise<void> {
    const names = [0, 1].map((offset) => partitionName(now.getTime() + offset * DAY_MS));
    const oldest = partitionName(now.getTime() - days * DAY_MS);
    await tx.query(historySql.lockHistory);
    const present = (await tx.query<{ name: string }>(historySql.historyPartitions)).map((row) => row.name);
    for (const name of names.filter((wanted) => !present.includes(wanted))) await addPartition(tx, dayOf(name));
    for (const name of present.filter((known) => /_\d{8}$/.test(known) && known < oldest)) {
      await tx.query(historySql.dropPartition(name));
    }
    const cutoff = new Date(now.getTime() - days * DAY_MS);
    await tx.query(historySql.deleteStrays, [cutoff]);
    await tx.query(historySql.forgetRevokes, [cutoff]);
  }
}

/** What finished before its day had a partition lies in the default one, and must not when the partition is made. */
async function addPartition(tx: Tx, day: string): Promise<void> {
  await tx.query(historySql.lockStrays);
  const table = `strays_${day.replaceAll('-', '')}`;
  await tx.query(historySql.setStraysAside(table), [day]);
  await tx.query(historySql.removeStrays, [day]);
  await tx.query(historySql.makePartition, [day]);
  await tx.query(historySql.bringStraysBack(table));
}

interface EndedRecord {
  tenant: string;
  device_id: string;
  command_id: string;
  state: number;
  cause: string;
  not_now_count: number;
  traceparent: string | null;
  request_type: string;
}
interface DueRecord extends EndedRecord {
  not_before: Date | null;
  expires_at: Date;
  sent_at: Date | null;
  push_count: number;
  reachable: boolean;
}

function endedOf(row: EndedRecord): EndedCommand {
  return {
    tenant: row.tenant,
    deviceId: row.device_id,
    commandId: row.command_id,
    state: storedStates[row.state]!,
    cause: row.cause,
    notNowCount: row.not_now_count,
    traceparent: row.traceparent,
    requestType: row.request_type,
  };
}

function keyColumns(keys: readonly CommandKey[]): unknown[] {
  return [keys.map((key) => key.tenant), keys.map((key) => key.deviceId), keys.map((key) => key.commandId)];
}

function commandColumns(groups: readonly CommandTerms[]): unknown[] {
  const numbers: number[] = [];
  const devices: string[] = [];
  const ids: string[] = [];
  const bodies: string[] = [];
  const traces: (string | null)[] = [];
  groups.forEach((group, index) => {
    for (const command of group.commands) {
      numbers.push(index + 1);
      devices.push(command.deviceId);
      ids.push(command.commandId);
      bodies.push(command.bodyId);
      traces.push(command.traceparent ?? null);
    }
  });
  return [numbers, devices, ids, bodies, traces];
}

function termColumns(groups: readonly CommandTerms[]): unknown[] {
  return [
    groups.map((group) => group.tenant),
    groups.map((group) => group.cause),
    groups.map((group) => group.priority),
    groups.map((group) => group.notBefore),
    groups.map((group) => group.expiresAt),
    groups.map((group) => group.dueAt),
    groups.map((group) => group.pushCount),
    groups.map((group) => group.sentForAt),
  ];
}

function newOnes(
  groups: readonly CommandTerms[],
  rows: readonly { tenant: string; device_id: string; command_id: string }[],
): NewCommand[][] {
  const total = groups.reduce((sum, group) => sum + group.commands.length, 0);
  if (rows.length === total) return groups.map((group) => [...group.commands]);
  const added = new Set(rows.map((row) => `${row.tenant} ${row.command_id} ${row.device_id}`));
  return groups.map((group) =>
    group.commands.filter((command) =>
      // Taken out when found: a command that stands in two groups is new once.
      added.delete(`${group.tenant} ${command.commandId.toLowerCase()} ${command.deviceId}`),
    ),
  );
}

function toExchangeRow(row: ExchangeRecord): ExchangeRow {
  return {
    identity: row.identity,
    answered:
      row.answered_id === null
        ? null
        : {
            commandId: row.answered_id,
            requestType: row.answered_type,
            cause: row.cause,
            notNowCount: row.not_now_count,
            traceparent: row.answered_traceparent,
          },
    next:
      row.next_id === null
        ? null
        : {
            commandId: row.next_id,
            requestType: row.next_type,
            command: row.command,
            traceparent: row.next_traceparent,
          },
  };
}

function partitionName(ms: number): string {
  return `command_history_${new Date(ms).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

function dayOf(name: string): string {
  const digits = name.slice(-8);
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}
