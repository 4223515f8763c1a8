import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { EMPTY_TOKEN } from '../domain/manifest.ts';
import type { Arranged, NewAssignment, Telling } from '../ports/assignments.ts';
import { AssignmentStore } from '../ports/assignments.ts';
import * as sql from './sql/assignments.ts';

const idsOf = (rows: readonly { deviceId: string }[]): string[] => rows.map((row) => row.deviceId);
const capabilityColumns = (of: readonly { deviceId: string; capabilitiesId: string }[]): string[][] => [
  of.map((one) => one.deviceId),
  of.map((one) => one.capabilitiesId),
];

@Injectable()
export class PgAssignmentStore extends AssignmentStore {
  override async withdrawnAt(tx: Tx, tenant: string, causes: readonly string[]): Promise<Map<string, Date>> {
    const rows = await tx.query<{ cause: string; at: Date }>(sql.withdrawnAt, [tenant, causes]);
    return new Map(rows.map(({ cause, at }) => [cause, at]));
  }

  override async refuseCause(tx: Tx, tenant: string, cause: string, at: Date): Promise<void> {
    await tx.query(sql.refuseCause, [tenant, cause, at]);
  }

  override async assign(tx: Tx, tenant: string, assignment: NewAssignment): Promise<void> {
    const { deviceIds, cause, setId, sentAt } = assignment;
    await tx.query(sql.assign, [tenant, deviceIds, cause, setId, sentAt]);
  }

  override async withdraw(
    tx: Tx,
    { tenant, cause, at }: { tenant: string; cause: string; at: Date },
    limit: number,
    deviceIds?: readonly string[],
  ): Promise<string[]> {
    const rows =
      deviceIds === undefined
        ? tx.query<{ deviceId: string }>(sql.withdrawFromAll, [tenant, cause, at, limit])
        : tx.query<{ deviceId: string }>(sql.withdrawFrom, [tenant, cause, at, deviceIds]);
    return idsOf(await rows);
  }

  override async causesOf(tx: Tx, tenant: string, deviceId: string, beginning: string): Promise<string[]> {
    const rows = await tx.query<{ cause: string }>(sql.causesOf, [tenant, deviceId, beginning]);
    return rows.map((row) => row.cause);
  }

  override async arrange(
    tx: Tx,
    { tenant, deviceIds, tell }: { tenant: string; deviceIds: readonly string[]; tell: Telling },
    now: Date,
  ): Promise<Arranged> {
    return arranged(await tx.query<sql.ArrangeRecord>(sql.arrange, [tenant, deviceIds, now, EMPTY_TOKEN, tell]));
  }

  override async give(
    tx: Tx,
    { tenant, deviceIds, cause, setId, sentAt, tell }: NewAssignment & { tenant: string; tell: Telling },
    now: Date,
  ): Promise<Arranged> {
    const values = [tenant, deviceIds, cause, setId, sentAt, now, EMPTY_TOKEN, tell];
    return arranged(await tx.query<sql.ArrangeRecord>(sql.give, values));
  }

  override async forget(
    tx: Tx,
    tenant: string,
    enrollments: readonly { deviceId: string; generation: number; at: string }[],
  ): Promise<string[]> {
    const column = <K extends 'deviceId' | 'generation' | 'at'>(key: K) => enrollments.map((one) => one[key]);
    const columns = [column('deviceId'), column('generation'), column('at')];
    return idsOf(await tx.query<{ deviceId: string }>(sql.forget, [tenant, ...columns]));
  }

  override async forgetTold(tx: Tx, tenant: string, deviceIds: readonly string[]): Promise<void> {
    await tx.query(sql.forgetTold, [tenant, deviceIds]);
  }

  override async setCapabilities(
    tx: Tx,
    tenant: string,
    of: readonly { deviceId: string; capabilitiesId: string }[],
  ): Promise<void> {
    await tx.query(sql.setCapabilities, [tenant, ...capabilityColumns(of)]);
  }

  override async presumeCapabilities(
    tx: Tx,
    tenant: string,
    of: readonly { deviceId: string; capabilitiesId: string }[],
  ): Promise<void> {
    await tx.query(sql.presumeCapabilities, [tenant, ...capabilityColumns(of)]);
  }
}

function arranged(rows: readonly sql.ArrangeRecord[]): Arranged {
  const result: Arranged = { told: [], missing: [] };
  for (const { deviceIds, toldCounts, manifestId, setIds, capabilitiesId } of rows) {
    if (deviceIds === null) result.missing.push({ manifestId: manifestId!, setIds: setIds!, capabilitiesId });
    else deviceIds.forEach((deviceId, n) => result.told.push({ deviceId, manifestId, toldCount: toldCounts![n]! }));
  }
  return result;
}
