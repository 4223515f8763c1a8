import type { RolloutReasons } from '@lamplighter/contracts';
import { Database, type Statement } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { Known, KnownReport, KnownUpdate } from '../domain/why/known.ts';
import { type ReasonCount, reasonItem } from '../domain/why/rollout-reasons.ts';
import type { Seen } from '../ports/devices.ts';
import { WhyViews } from '../ports/devices.ts';
import * as sql from './sql/why.ts';

const MOST_REASONS = 50;

@Injectable()
export class PgWhyViews extends WhyViews {
  constructor(private readonly database: Database) {
    super();
  }

  override async seen(tenant: string, idOrSerial: string): Promise<Seen | undefined> {
    const device =
      (await this.device(sql.DEVICE, tenant, idOrSerial)) ??
      (await this.device(sql.DEVICE_OF_SERIAL, tenant, idOrSerial));
    if (!device) return undefined;
    const key = [tenant, device.deviceId];
    const [[enrollment], updates, [lastPush], reports] = await Promise.all([
      this.database.query<NonNullable<Known['enrollment']>>(sql.ENROLLMENT, key),
      this.database.query<KnownUpdate>(sql.UPDATES, key),
      this.database.query<NonNullable<Known['lastPush']>>(sql.LAST_PUSH, key),
      this.database.query<KnownReport>(sql.REPORTS, key),
    ]);
    return { device, enrollment, updates, lastPush, reports };
  }

  private async device(statement: Statement, tenant: string, wanted: string): Promise<Known['device'] | undefined> {
    const [device] = await this.database.query<Known['device']>(statement, [tenant, wanted]);
    return device;
  }

  override async reasons(tenant: string, rolloutId: string, now: Date): Promise<RolloutReasons | undefined> {
    const key = [tenant, rolloutId];
    const [[rollout], rows] = await Promise.all([
      this.database.query<Pick<RolloutReasons, 'rolloutId' | 'policyName' | 'policyVersion' | 'state'>>(
        sql.ROLLOUT,
        key,
      ),
      this.database.query<ReasonCount>(sql.REASONS, key),
    ]);
    if (!rollout) return undefined;
    const sum = (some: readonly ReasonCount[]) => some.reduce((all, { devices }) => all + devices, 0);
    const installed = rows.filter(({ state }) => state === 'installed');
    const open = rows.filter(({ state }) => state !== 'installed');
    return {
      ...rollout,
      devices: sum(rows),
      installed: sum(installed),
      items: open.slice(0, MOST_REASONS).map(reasonItem),
      now: now.toISOString(),
    };
  }
}
