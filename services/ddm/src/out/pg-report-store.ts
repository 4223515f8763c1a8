import { Database, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { NewReport, ReportedStatuses } from '../ports/reports.ts';
import { ReportStore } from '../ports/reports.ts';
import * as sql from './sql/reports.ts';

type Device = { tenant: string; deviceId: string };

const deviceColumns = (of: readonly Device[]) => [of.map((one) => one.tenant), of.map((one) => one.deviceId)];

@Injectable()
export class PgReportStore extends ReportStore {
  constructor(private readonly db: Database) {
    super();
  }

  override async add(tx: Tx, reports: readonly NewReport[]): Promise<Set<string>> {
    const rows = await tx.query<{ reportId: string }>(sql.addReports, [
      ...deviceColumns(reports),
      reports.map((one) => one.reportId),
      reports.map((one) => one.at),
      reports.map((one) => one.report),
    ]);
    return new Set(rows.map((row) => row.reportId));
  }

  override async setStatuses(tx: Tx, reported: readonly ReportedStatuses[]): Promise<void> {
    if (reported.length === 0) return;
    const all = reported.flatMap(({ statuses }, index) => statuses.map((status) => ({ n: index + 1, ...status })));
    await tx.query(sql.setStatuses, [
      ...deviceColumns(reported),
      reported.map((one) => one.at),
      reported.map((one) => JSON.stringify(one.kinds)),
      all.map((one) => one.n),
      all.map((one) => one.kind),
      all.map((one) => one.identifier),
      all.map((one) => one.serverToken),
      all.map((one) => one.active),
      all.map((one) => one.valid),
      all.map((one) => JSON.stringify(one.reasons)),
    ]);
  }

  override async capabilitiesOf(devices: readonly Device[]): Promise<(string | null)[]> {
    const rows = await this.db.query<{ capabilitiesId: string | null }>(sql.capabilitiesOf, deviceColumns(devices));
    return rows.map((row) => row.capabilitiesId);
  }

  override async addCapabilities(
    tx: Tx,
    capabilities: readonly { tenant: string; capabilitiesId: string; declarations: string[]; statusItems: string[] }[],
  ): Promise<void> {
    await tx.query(sql.addCapabilities, [
      capabilities.map((one) => one.tenant),
      capabilities.map((one) => one.capabilitiesId),
      capabilities.map((one) => JSON.stringify(one.declarations)),
      capabilities.map((one) => JSON.stringify(one.statusItems)),
    ]);
  }

  override async noteReported(tx: Tx, devices: readonly (Device & { at: Date })[]): Promise<void> {
    await tx.query(sql.noteReported, [...deviceColumns(devices), devices.map((one) => one.at)]);
  }
}
