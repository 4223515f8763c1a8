import type { Tx } from '@lamplighter/runtime';
import type { CommandKey, CommandOutcome, FinishedCommand } from '../domain/command.ts';
import type { DueDecision } from '../domain/due.ts';
import type { EndedCommand } from '../domain/ended.ts';
import type { DeviceTraits } from '../domain/fitness.ts';
import type {
  AddedCommand,
  BodyKey,
  Cancelled,
  CommandTerms,
  ExchangeItem,
  ExchangeRow,
  PendingCommand,
  SlotWinner,
  SupersededCommand,
} from '../ports/commands.ts';
import { CommandStore } from '../ports/commands.ts';
import {
  commandColumns,
  deviceColumns,
  type DueRecord,
  type EndedRecord,
  type KeyRecord,
  endedOf,
  keyColumns,
  newOnes,
  slotColumns,
  termColumns,
  toExchangeRow,
  traitsOf,
} from './command-rows.ts';
import * as bodiesSql from './sql/bodies.ts';
import * as dueSql from './sql/due.ts';
import * as endSql from './sql/end.ts';
import * as enqueueSql from './sql/enqueue.ts';
import { exchange, type ExchangeRecord } from './sql/exchange.ts';
import { findFinished, type FinishedRecord, recordLate } from './sql/finished.ts';
import * as historySql from './sql/history.ts';
import type { TraitsRecord } from './sql/traits.ts';
import * as traitsSql from './sql/traits.ts';

const DAY_MS = 86_400_000;
/** How far the clocks of others may be ahead. */
const HOUR_MS = 3_600_000;
const UNIQUE_VIOLATION = '23505';
/** Sorts before every command id. */
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

export class PgCommandStore extends CommandStore {
  override async enqueue(tx: Tx, groups: readonly CommandTerms[], now: Date): Promise<(readonly AddedCommand[])[]> {
    await tx.query(enqueueSql.mayEnqueue);
    const slotted = groups.filter(({ slot }) => slot !== null);
    if (slotted.length > 0) await tx.query(endSql.maySupersede, [tenantsOf(slotted)]);
    const bodies = groups.map(({ tenant, body }) => ({ tenant, ...body }));
    await tx.query(bodiesSql.keepBodies, [
      bodies.map((body) => body.tenant),
      bodies.map((body) => body.bodyId),
      bodies.map((body) => body.requestType),
      bodies.map((body) => body.command),
      now,
    ]);
    const total = groups.reduce((sum, group) => sum + group.commands.length, 0);
    const rows = await addNew(tx, [
      ...commandColumns(groups),
      ...termColumns(groups),
      now,
      new Date(Math.min(...groups.map((group) => group.sentForAt.getTime())) - DAY_MS),
      new Date(now.getTime() + HOUR_MS),
      total,
    ]);
    return newOnes(groups, rows, total);
  }

  override async exchange(
    tx: Tx,
    items: readonly ExchangeItem[],
    now: Date,
    answerGraceMs: number,
  ): Promise<ExchangeRow[]> {
    const rows = await tx.query<ExchangeRecord>(exchange, [
      items.map((item) => item.tenant),
      items.map((item) => item.deviceId),
      items.map((item) => item.certificateHash),
      items.map((item) => item.commandId),
      items.map((item) => item.status),
      now,
      answerGraceMs,
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
      errorCount: row.error_count,
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
      noPush: row.no_push,
      overtaken: row.overtaken,
      comesBack: row.comes_back,
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

  override async supersede(tx: Tx, winners: readonly SlotWinner[], now: Date): Promise<SupersededCommand[]> {
    await tx.query(endSql.maySupersede, [tenantsOf(winners)]);
    const rows = await tx.query<EndedRecord & { newer: string }>(endSql.supersede, [...slotColumns(winners), now]);
    return rows.map((row) => ({ ...endedOf(row), newer: row.newer }));
  }

  override async cancel(
    tx: Tx,
    of: { tenant: string; deviceIds: readonly string[]; commandId?: string },
    now: Date,
  ): Promise<Cancelled> {
    const rows = await tx.query<EndedRecord>(endSql.cancel, [of.tenant, of.deviceIds, of.commandId ?? null, now]);
    const all = rows.map(endedOf);
    return {
      ended: all.filter((command) => command.state !== 'sent'),
      inHand: all.filter((command) => command.state === 'sent'),
    };
  }

  override async recall(tx: Tx, cause: string, commands: readonly CommandKey[], now: Date): Promise<EndedCommand[]> {
    return (await tx.query<EndedRecord>(endSql.recall, [cause, ...keyColumns(commands), now])).map(endedOf);
  }

  override async findTraits(tx: Tx, devices: readonly { tenant: string; deviceId: string }[]): Promise<DeviceTraits[]> {
    return (await tx.query<TraitsRecord>(traitsSql.findTraits, deviceColumns(devices))).map(traitsOf);
  }

  override async fleetTraits(tx: Tx, tenant: string): Promise<DeviceTraits[]> {
    return (await tx.query<TraitsRecord>(traitsSql.fleetTraits, [tenant])).map(traitsOf);
  }

  override async devicesOfTraits(
    tx: Tx,
    devices: readonly { tenant: string; deviceId: string }[],
    traits: readonly DeviceTraits[],
  ) {
    const rows = await tx.query<TraitsRecord & { tenant: string; device_id: string }>(traitsSql.devicesOfTraits, [
      ...deviceColumns(devices),
      traits.map((one) => one.kind),
      traits.map((one) => one.platform),
      traits.map((one) => one.osVersion),
      traits.map((one) => one.isSupervised),
    ]);
    return rows.map((row) => ({ tenant: row.tenant, deviceId: row.device_id, ...traitsOf(row) }));
  }

  override async findKnown(tx: Tx, keys: readonly CommandKey[], sentForAt: Date): Promise<CommandKey[]> {
    const values = [...keyColumns(keys), new Date(sentForAt.getTime() - DAY_MS)];
    const found = await tx.query<KeyRecord>(enqueueSql.findKnown, values);
    return found.map((row) => ({ tenant: row.tenant, deviceId: row.device_id, commandId: row.command_id }));
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

  override async removeBodies(
    tx: Tx,
    unusedSince: Date,
    after: BodyKey | null,
    limit: number,
  ): Promise<BodyKey | null> {
    const values = [unusedSince, after?.tenant ?? '', after?.bodyId ?? FIRST_ID, limit];
    const [last] = await tx.query<{ tenant: string; body_id: string }>(bodiesSql.removeBodies, values);
    return last === undefined ? null : { tenant: last.tenant, bodyId: last.body_id };
  }
}

function tenantsOf(of: readonly { tenant: string }[]): string[] {
  return [...new Set(of.map(({ tenant }) => tenant))];
}

/** Nearly always all are new; that one is not shows soon. */
async function addNew(tx: Tx, values: readonly unknown[]): Promise<enqueueSql.AddedRecord[]> {
  await tx.query(enqueueSql.beforeEnqueue);
  try {
    return await tx.query<enqueueSql.AddedRecord>(enqueueSql.enqueueNew, values);
  } catch (error) {
    if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
    await tx.query(enqueueSql.undoEnqueue);
    return tx.query<enqueueSql.AddedRecord>(enqueueSql.enqueue, values);
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

function partitionName(ms: number): string {
  return `command_history_${new Date(ms).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

function dayOf(name: string): string {
  const digits = name.slice(-8);
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}
