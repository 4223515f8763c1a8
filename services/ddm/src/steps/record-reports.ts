import { readClientCapabilities, type StatusReport } from '@lamplighter/apple';
import {
  declarationReported,
  derivedUuid,
  MAX_EVENT_BYTES,
  message,
  splitBySize,
  type ItemOf,
} from '@lamplighter/contracts';
import { Clock, Database, Outbox, type Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { readDeclared } from '../domain/declared.ts';
import { AssignmentStore } from '../ports/assignments.ts';
import type { NewReport, ReportedStatuses } from '../ports/reports.ts';
import { ReportStore } from '../ports/reports.ts';
import { Turns } from '../ports/turns.ts';
import { ArrangeDevices } from './arrange-devices.ts';

/** A report of a device, known to be of Apple's form and storable. */
export interface ReceivedReport {
  readonly tenant: string;
  readonly deviceId: string;
  readonly at: Date;
  /** Compact JSON. */
  readonly report: string;
  readonly parsed: StatusReport;
}

type Read = NewReport & { parsed: StatusReport };
type Capable = { tenant: string; deviceId: string; capabilitiesId: string };

/** Keeps status reports and what they say of declarations, and tells of them. */
@Injectable()
export class RecordReports {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly turns: Turns,
    private readonly reports: ReportStore,
    private readonly assignments: AssignmentStore,
    private readonly arrange: ArrangeDevices,
    private readonly clock: Clock,
  ) {}

  /** All in one transaction. A repeat of a report changes nothing. */
  async run(received: readonly ReceivedReport[]): Promise<void> {
    const read = received.map(readReport);
    const news = await this.newCapabilities(read);
    await this.db.transaction(async (tx) => {
      // Before any row is locked: whoever has the turn may wait for rows.
      if (news.length > 0)
        await this.turns.take(
          tx,
          news.map(({ tenant }) => tenant),
        );
      const added = await this.reports.add(tx, read);
      const fresh = read.filter(({ reportId }) => added.has(reportId));
      if (fresh.length === 0) return;
      await this.reports.noteReported(tx, fresh);
      await this.reports.setStatuses(tx, fresh.flatMap(declaredIn).reverse().filter(firstOfDevice()));
      await this.setCapabilities(tx, news);
      await this.tell(tx, fresh);
    });
  }

  /** What devices say that they can take, where it is not what is stored of them. */
  private async newCapabilities(read: readonly Read[]): Promise<(Capable & CapableOf)[]> {
    const said = read.flatMap((one) => {
      const capabilities = readClientCapabilities(one.parsed.items.get('management.client-capabilities'));
      if (capabilities === undefined) return [];
      const [declarations, statusItems] = [[...capabilities.declarations], [...capabilities.statusItems]];
      const capabilitiesId = derivedUuid('client-capabilities', declarations.join(' '), statusItems.join(' '));
      return [{ tenant: one.tenant, deviceId: one.deviceId, capabilitiesId, declarations, statusItems }];
    });
    if (said.length === 0) return [];
    const stored = await this.reports.capabilitiesOf(said);
    return said
      .filter((one, index) => one.capabilitiesId !== stored[index])
      .reverse()
      .filter(firstOfDevice());
  }

  private async setCapabilities(tx: Tx, news: readonly (Capable & CapableOf)[]): Promise<void> {
    if (news.length === 0) return;
    const distinct = new Map(news.map((one) => [`${one.tenant} ${one.capabilitiesId}`, one]));
    await this.reports.addCapabilities(tx, [...distinct.values()]);
    const now = this.clock.now();
    for (const [tenant, own] of Map.groupBy(news, (one) => one.tenant)) {
      await this.assignments.setCapabilities(tx, tenant, own);
      await this.arrange.run(tx, { tenant, deviceIds: own.map((one) => one.deviceId), tell: 'changed' }, now);
    }
  }

  private async tell(tx: Tx, fresh: readonly NewReport[]): Promise<void> {
    for (const [tenant, own] of Map.groupBy(fresh, (one) => one.tenant)) {
      const items = own.map(({ deviceId, at, report }): ItemOf<typeof declarationReported> => {
        return { deviceId, at: at.toISOString(), report };
      });
      for (const run of splitBySize(items, MAX_EVENT_BYTES)) {
        const id = derivedUuid(
          declarationReported.name,
          tenant,
          ...run.flatMap((one) => [one.deviceId, one.at, one.report]),
        );
        const at = new Date(run[0]!.at);
        await this.outbox.stage(tx, declarationReported, message(declarationReported, { id, tenant, at }, run), id);
      }
    }
  }
}

interface CapableOf {
  declarations: string[];
  statusItems: string[];
}

function readReport({ tenant, deviceId, at, report, parsed }: ReceivedReport): Read {
  const reportId = derivedUuid('status-report', tenant, deviceId, at.toISOString(), report);
  return { tenant, deviceId, at, report, reportId, parsed };
}

function declaredIn({ tenant, deviceId, at, parsed }: Read): ReportedStatuses[] {
  const declared = readDeclared(parsed.items.get('management.declarations'));
  return declared === undefined ? [] : [{ tenant, deviceId, at, ...declared }];
}

function firstOfDevice(): (one: { tenant: string; deviceId: string }) => boolean {
  const seen = new Set<string>();
  return ({ tenant, deviceId }) => {
    const key = `${tenant} ${deviceId}`;
    return !seen.has(key) && seen.add(key) !== undefined;
  };
}
