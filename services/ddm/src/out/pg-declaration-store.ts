import type { Statement, Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { Declaration } from '../domain/declaration.ts';
import type { ManifestMember } from '../domain/manifest.ts';
import { DeclarationStore } from '../ports/declarations.ts';
import type { NewSet, PutDeclaration, StoredDeclaration } from '../ports/declarations.ts';
import { Turns } from '../ports/turns.ts';
import * as sql from './sql/declarations.ts';

@Injectable()
export class PgTurns extends Turns {
  override async take(tx: Tx, tenants: readonly string[]): Promise<void> {
    await tx.query(sql.takeTurns, [[...new Set(tenants)].toSorted()]);
  }
}

@Injectable()
export class PgDeclarationStore extends DeclarationStore {
  override find(tx: Tx, tenant: string, identifiers: readonly string[]): Promise<StoredDeclaration[]> {
    return tx.query<StoredDeclaration>(sql.findDeclarations, [tenant, identifiers]);
  }

  override async put(tx: Tx, tenant: string, declarations: readonly PutDeclaration[], now: Date): Promise<string[]> {
    const rows = await tx.query<{ identifier: string }>(sql.putDeclarations, [
      tenant,
      declarations.map((one) => one.identifier),
      declarations.map((one) => one.type),
      declarations.map((one) => one.kind),
      declarations.map((one) => one.serverToken),
      declarations.map((one) => one.document),
      declarations.map((one) => JSON.stringify(one.configurations)),
      declarations.map((one) => one.isKept),
      declarations.map((one) => one.sentAt),
      now,
    ]);
    return rows.map((row) => row.identifier);
  }

  override async touch(tx: Tx, tenant: string, to: Declaration & { touched: number }, now: Date): Promise<void> {
    await tx.query(sql.touchDeclaration, [tenant, to.identifier, to.serverToken, to.document, to.touched, now]);
  }

  override remove(tx: Tx, tenant: string, identifier: string): Promise<boolean> {
    return changed(tx, sql.removeDeclaration, [tenant, identifier]);
  }

  override setsOf(tx: Tx, tenant: string, identifier: string, limit: number) {
    return tx.query<{ setId: string; name: string | null }>(sql.setsOfDeclaration, [tenant, identifier, limit]);
  }

  override async addSet(
    tx: Tx,
    tenant: string,
    { setId, name, cause }: NewSet,
    identifiers: readonly string[],
    now: Date,
  ): Promise<void> {
    await tx.query(sql.addSet, [tenant, setId, name, cause, identifiers, now]);
  }

  override changeMember(
    tx: Tx,
    { tenant, setId, identifier }: { tenant: string; setId: string; identifier: string },
    isMember: boolean,
  ): Promise<boolean> {
    return changed(tx, isMember ? sql.addMember : sql.removeMember, [tenant, setId, identifier]);
  }

  override async present(tx: Tx, tenant: string, setIds: readonly string[]): Promise<string[]> {
    return (await tx.query<{ setId: string }>(sql.presentSets, [tenant, setIds])).map((row) => row.setId);
  }

  override members(tx: Tx, tenant: string, setIds: readonly string[]) {
    return tx.query<ManifestMember & { setId: string }>(sql.membersOfSets, [tenant, setIds]);
  }
}

async function changed(tx: Tx, statement: Statement, values: readonly unknown[]): Promise<boolean> {
  return (await tx.query(statement, values)).length > 0;
}
