import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { CommandKey } from '../domain/command.ts';
import type {
  ClaimTerms,
  FailedHandOver,
  HandOverTarget,
  HeldCommand,
  RefusedHandOver,
  TakenHandOver,
  TargetKey,
} from '../ports/hand-overs.ts';
import { HandOverStore } from '../ports/hand-overs.ts';
import { endedOf, type EndedRecord, keyColumns } from './command-rows.ts';
import * as sql from './sql/hand-over.ts';

@Injectable()
export class PgHandOverStore extends HandOverStore {
  constructor(private readonly database: Database) {
    super();
  }

  override targets(): Promise<TargetKey[]> {
    return this.database.query<TargetKey>(sql.targets);
  }

  override async findTarget({ tenant, name }: TargetKey): Promise<HandOverTarget | undefined> {
    return (await this.database.query<HandOverTarget>(sql.findTarget, [tenant, name]))[0];
  }

  override async takeTurn({ tenant, name }: TargetKey, forMs: number): Promise<boolean> {
    return (await this.database.query(sql.takeTurn, [tenant, name, Math.ceil(forMs)])).length === 1;
  }

  override async noteFailure(
    { tenant, name }: TargetKey,
    failure: { failures: number; error: string; pauseMs: number },
  ): Promise<void> {
    await this.database.query(sql.noteFailure, [tenant, name, failure.pauseMs, failure.error, failure.failures]);
  }

  override async noteSuccess({ tenant, name }: TargetKey): Promise<void> {
    await this.database.query(sql.noteSuccess, [tenant, name]);
  }

  override claim({ tenant, name, kind }: HandOverTarget, terms: ClaimTerms): Promise<HeldCommand[]> {
    const { now, limit, leaseUntil, lookAgainAt, answerGraceMs } = terms;
    const values = [tenant, name, now, limit, kind, leaseUntil, lookAgainAt, answerGraceMs];
    return this.database.query<HeldCommand>(sql.claim, values);
  }

  override async settleTaken(tx: Tx, taken: readonly TakenHandOver[], now: Date): Promise<void> {
    const pushes = taken.map((one) => one.pushAt);
    await tx.query(sql.settleTaken, [...attemptColumns(taken.map((one) => one.command)), pushes, now]);
  }

  override async settleFailed(tx: Tx, failed: readonly FailedHandOver[], now: Date): Promise<void> {
    const [at, may] = [failed.map((one) => one.nextAt), failed.map((one) => one.mayHaveIt)];
    await tx.query(sql.settleFailed, [...attemptColumns(failed.map((one) => one.command)), at, may, now]);
  }

  override async settleRefused(tx: Tx, refused: readonly RefusedHandOver[], now: Date) {
    const details = refused.map((one) => one.detail);
    const values = [...attemptColumns(refused.map((one) => one.command)), details, now];
    const rows = await tx.query<EndedRecord & { detail: string }>(sql.settleRefused, values);
    return rows.map((row) => ({ ...endedOf(row), detail: row.detail }));
  }
}

function attemptColumns(commands: readonly (CommandKey & { attempts: number })[]): unknown[] {
  return [...keyColumns(commands), commands.map((command) => command.attempts)];
}
