import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { DeviceDeclarations } from '../domain/device-declarations.ts';
import type { ReportedDeclaration, StoredReport } from '../domain/kmfddm.ts';
import { DeclarationViews } from '../ports/declarations.ts';
import * as sql from './sql/declarations.ts';

@Injectable()
export class PgDeclarationViews extends DeclarationViews {
  constructor(private readonly database: Database) {
    super();
  }

  override identifiers(tenant: string): Promise<string[]> {
    return this.names(sql.identifiers, [tenant]);
  }

  override async document(tenant: string, identifier: string): Promise<string | undefined> {
    return (await this.names(sql.document, [tenant, identifier]))[0];
  }

  override sets(tenant: string): Promise<string[]> {
    return this.names(sql.sets, [tenant]);
  }

  override identifiersOfSet(tenant: string, name: string): Promise<string[]> {
    return this.names(sql.identifiersOfSet, [tenant, name]);
  }

  override setsOfDeclaration(tenant: string, identifier: string): Promise<string[]> {
    return this.names(sql.setsOfDeclaration, [tenant, identifier]);
  }

  override setsOfDevice(tenant: string, deviceId: string): Promise<string[]> {
    return this.names(sql.setsOfDevice, [tenant, deviceId]);
  }

  override setsOfGroup(tenant: string, group: string): Promise<string[]> {
    return this.names(sql.setsOfGroup, [tenant, group]);
  }

  override async ofDevice(tenant: string, deviceId: string): Promise<DeviceDeclarations | undefined> {
    return (await this.database.query<DeviceDeclarations>(sql.ofDevice, [tenant, deviceId]))[0];
  }

  override statuses(tenant: string, deviceIds: readonly string[]): Promise<ReportedDeclaration[]> {
    return this.database.query<ReportedDeclaration>(sql.statuses, [tenant, deviceIds]);
  }

  override currentReports(tenant: string, deviceIds: readonly string[]): Promise<StoredReport[]> {
    return this.database.query<StoredReport>(sql.currentReports, [tenant, deviceIds]);
  }

  override async report(tenant: string, deviceId: string, which: { index: number } | { reportId: string }) {
    const [id, index] = 'reportId' in which ? [which.reportId, 0] : [null, which.index];
    const rows = this.database.query<StoredReport & { index: number }>(sql.report, [tenant, deviceId, id, index]);
    return (await rows)[0];
  }

  private async names(statement: { text: string }, values: readonly unknown[]): Promise<string[]> {
    return (await this.database.query<{ name: string }>(statement, values)).map(({ name }) => name);
  }
}
