import type { Device, DevicePage, DeviceSummary, FleetSummary } from '@lamplighter/contracts';
import { Database } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { type CommandRow, type History, timelineOf } from '../domain/timeline.ts';
import { lastUpdateOf, updateStatusOf } from '../domain/update-status.ts';
import { DeviceViews } from '../ports/devices.ts';
import { rolloutDeviceOf } from './pg-rollout-views.ts';
import { iso, isoOrNull } from './rows.ts';
import * as sql from './sql/devices.ts';

@Injectable()
export class PgDeviceViews extends DeviceViews {
  constructor(private readonly database: Database) {
    super();
  }

  override async list(
    tenant: string,
    query: { search?: string | undefined; cursor: string; limit: number },
  ): Promise<DevicePage> {
    const { search = '', cursor, limit } = query;
    const rows = await (search === ''
      ? this.database.query<sql.DeviceListRow>(sql.LIST, [tenant, cursor, limit])
      : this.database.query<sql.DeviceListRow>(sql.SEARCH, [tenant, cursor, beginning(search), limit]));
    return { items: rows.map(summaryOf), next: rows.length < limit ? null : rows.at(-1)!.deviceId };
  }

  override async find(tenant: string, deviceId: string): Promise<Device | undefined> {
    const key = [tenant, deviceId];
    const [row] = await this.database.query<sql.DeviceListRow>(sql.ONE, key);
    if (!row) return undefined;
    const [updates, available, history] = await Promise.all([
      this.database.query<sql.UpdateRow>(sql.UPDATES, key),
      this.database.query<{ productKey: string; version: string | null; build: string | null; reportedAt: Date }>(
        sql.AVAILABLE,
        key,
      ),
      this.history(key),
    ]);
    const own = updates.map((update) => ({
      ...rolloutDeviceOf(update),
      rolloutId: update.rolloutId,
      policyName: update.policyName,
    }));
    return {
      ...summaryOf(row),
      updates: own,
      updateStatus: updateStatusOf(own, history),
      lastUpdate: lastUpdateOf(own, history),
      availableUpdates: available.map((product) => ({ ...product, reportedAt: iso(product.reportedAt) })),
      pending: history.commands.filter((command) => command.finishedAt === null).map(pendingOf),
      timeline: timelineOf(history),
    };
  }

  override async summary(tenant: string, now: Date): Promise<FleetSummary> {
    const rows = await this.database.query<{ platform: string; devices: number; withFacts: number }>(sql.SUMMARY, [
      tenant,
    ]);
    const sum = (pick: (row: (typeof rows)[number]) => number) => rows.reduce((all, row) => all + pick(row), 0);
    return {
      enrolled: sum((row) => row.devices),
      withFacts: sum((row) => row.withFacts),
      platforms: rows.map(({ platform, devices }) => ({ platform, devices })),
      now: now.toISOString(),
    };
  }

  private async history(key: string[]): Promise<History> {
    const [enrollments, commands, pushes, reports, updates] = await Promise.all([
      this.database.query<NonNullable<History['enrollment']>>(sql.ENROLLMENT, key),
      this.database.query<CommandRow>(sql.COMMANDS, key),
      this.database.query<History['pushes'][number]>(sql.PUSHES, key),
      this.database.query<History['reports'][number]>(sql.REPORTS, key),
      this.database.query<History['updates'][number]>(sql.EVENTS, key),
    ]);
    return { enrollment: enrollments[0], commands, pushes, reports, updates };
  }
}

/** The pattern of all that begins with the text, which stands for itself. */
function beginning(text: string): string {
  return `${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

function summaryOf(row: sql.DeviceListRow): DeviceSummary {
  return { ...row, lastAnswerAt: isoOrNull(row.lastAnswerAt) };
}

function pendingOf(command: CommandRow): Device['pending'][number] {
  return {
    commandId: command.commandId,
    requestType: command.requestType,
    state: command.state,
    notBefore: isoOrNull(command.notBefore),
    expiresAt: iso(command.expiresAt),
    notNowCount: command.notNowCount,
  };
}
