import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { cut, within } from '../domain/bounds.ts';
import type { Report } from '../domain/report.ts';
import { ReportStore } from '../ports/reports.ts';
import type { DeviceKey } from '../ports/devices.ts';
import { recordReports } from './sql/record-reports.ts';
import { clearAvailable, insertAvailable } from './sql/replace-available.ts';

/** A device repeats an answer until it gets its 200. One that stayed away for longer than this is recorded again. */
const REPEAT_MS = 7 * 86_400_000;

@Injectable()
export class PgReportStore extends ReportStore {
  override async record(tx: Tx, reports: readonly Report[]): Promise<Report[]> {
    const distinct = new Map<string, Report>();
    for (const report of reports) {
      if (!distinct.has(keyOf(report))) distinct.set(keyOf(report), report);
    }
    const rows = [...distinct.values()];
    if (rows.length === 0) return [];
    const since = new Date(earliest(rows) - REPEAT_MS);
    const added = await tx.query<DeviceKey & { reportId: string }>(recordReports, [
      ...['tenant', 'deviceId', 'reportId', 'at', 'commandId', 'requestType', 'status', 'cause'].map((column) =>
        rows.map((row) => row[column as keyof Report]),
      ),
      rows.map((row) => JSON.stringify(row.observation)),
      rows.map((row) => (row.errorChain.length > 0 ? JSON.stringify(row.errorChain) : null)),
      rows.map((row) => row.traceparent ?? null),
      since,
    ]);
    const keys = new Set(added.map(keyOf));
    return rows.filter((row) => keys.has(keyOf(row)));
  }

  override async replaceAvailable(tx: Tx, reports: readonly Report[]): Promise<void> {
    if (reports.length === 0) return;
    const newest = await tx.query<DeviceKey>(clearAvailable, [
      reports.map((report) => report.tenant),
      reports.map((report) => report.deviceId),
      reports.map((report) => report.at),
      new Date(earliest(reports)),
    ]);
    const keys = new Set(newest.map(deviceKeyOf));
    const products = reports.filter((report) => keys.has(deviceKeyOf(report))).flatMap(productsOf);
    if (products.length > 0) await tx.query(insertAvailable, [JSON.stringify(products)]);
  }
}

function productsOf({ tenant, deviceId, at, available = [] }: Report) {
  return available.map((update) => ({
    tenant,
    deviceId,
    productKey: update.productKey,
    version: cut(update.version),
    build: cut(update.build),
    humanName: cut(update.humanReadableName),
    isConfigData: update.isConfigDataUpdate ?? false,
    isMajor: update.isMajorOSUpdate ?? false,
    isSecurityResponse: update.isSecurityResponse ?? false,
    downloadSize: update.downloadSizeBytes,
    installSize: update.installSizeBytes,
    deferredUntil: within(update.deferredUntil),
    restartRequired: update.restartRequired,
    allowsInstallLater: update.allowsInstallLater,
    isCritical: update.isCritical,
    requiresBootstrapToken: update.requiresBootstrapToken,
    supplementalBuild: cut(update.supplementalBuildVersion),
    supplementalExtra: cut(update.supplementalOSVersionExtra),
    reportedAt: at,
  }));
}

function earliest(reports: readonly Report[]): number {
  return reports.reduce((least, report) => Math.min(least, report.at.getTime()), Infinity);
}

function deviceKeyOf({ tenant, deviceId }: DeviceKey): string {
  return `${tenant}\0${deviceId}`;
}

function keyOf(report: DeviceKey & { reportId: string }): string {
  return `${deviceKeyOf(report)}\0${report.reportId}`;
}
