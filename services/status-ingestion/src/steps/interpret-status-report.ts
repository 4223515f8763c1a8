import { AppleError, parseStatusReport } from '@lamplighter/apple';
import type { StatusReport } from '@lamplighter/apple';
import { deviceObserved } from '@lamplighter/contracts';
import type { Message, Observation } from '@lamplighter/contracts';
import { Clock, Database, Log, Outbox, Tracer } from '@lamplighter/runtime';
import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import {
  betaEnrollment,
  ddmCapabilities,
  declaredStatus,
  reportedDeclarations,
  reportedFacts,
} from '../domain/ddm-facts.ts';
import { withoutBefore, withReport } from '../domain/ddm-state.ts';
import type { DdmState } from '../domain/ddm-state.ts';
import { newestPerDevice, roundsPerDevice } from '../domain/newest.ts';
import { observedMessages } from '../domain/observed.ts';
import { isDeviceChannel, statusReportIdOf } from '../domain/report.ts';
import type { Report, ReportedItem } from '../domain/report.ts';
import { DdmStore } from '../ports/ddm.ts';
import { DeviceStore } from '../ports/devices.ts';
import { ReportStore } from '../ports/reports.ts';
import type { DdmRow, StoredDdm } from '../ports/ddm.ts';

/** A report as it arrived. `document` is undefined where it could not be read. */
interface Arrived extends Pick<Report, 'tenant' | 'deviceId' | 'at' | 'reportId' | 'traceparent'> {
  document: StatusReport | undefined;
}

/**
 * Turns status reports into facts, history and one `device.observed` a tenant. The newest word about each item holds, in whatever
 * order reports come; what was reported before changes nothing.
 */
@Injectable()
export class InterpretStatusReport {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly devices: DeviceStore,
    private readonly ddm: DdmStore,
    private readonly reports: ReportStore,
    private readonly clock: Clock,
    private readonly tracer: Tracer,
    private readonly log: Log,
  ) {}

  async run(batch: readonly Message<ReportedItem>[]): Promise<void> {
    const startMs = Date.now();
    const arrived = batch
      .flatMap(({ tenant, items }) => items.map((item) => this.read(tenant, item)))
      .toSorted((a, b) => a.at.getTime() - b.at.getTime());
    if (arrived.length === 0) return;
    const added = await this.db.transaction((tx) => this.write(tx, arrived));
    this.trace(added, startMs);
  }

  private read(tenant: string, item: ReportedItem): Arrived {
    const { deviceId, at, report, traceparent } = item;
    const head = { tenant, deviceId, at: new Date(at), reportId: statusReportIdOf(tenant, item), traceparent };
    try {
      return { ...head, document: parseStatusReport(report) };
    } catch (error) {
      if (!(error instanceof AppleError)) throw error;
      this.log.warn({ tenant, deviceId, err: error }, 'a status report could not be read');
      return { ...head, document: undefined };
    }
  }

  private async write(tx: Tx, arrived: readonly Arrived[]): Promise<Report[]> {
    const now = this.clock.now();
    const newest = newestPerDevice(arrived, timeOf);
    const ofDevices = newest.filter((one) => isDeviceChannel(one.deviceId));
    await this.devices.noteAnswers(tx, ofDevices, now);
    const held = new Map((await this.ddm.hold(tx, newest, now)).map((one) => [keyOf(one), one]));
    const told = arrived.map((one) => this.tell(one, held.get(keyOf(one))!));
    const added = await this.reports.record(tx, told);
    const facts = added.flatMap(({ facts: said, ...report }) =>
      said && isDeviceChannel(report.deviceId) ? [{ ...report, facts: said }] : [],
    );
    for (const round of roundsPerDevice(facts, timeOf)) await this.devices.writeFacts(tx, round, now);
    await this.ddm.write(tx, [...held.values()].flatMap(rowOf), now);
    for (const observed of observedMessages(added, now)) {
      await this.outbox.stage(tx, deviceObserved, observed, observed.id);
    }
    return added;
  }

  /** Puts the report into what is held of its device, and says what the device has said with it. */
  private tell({ document, ...head }: Arrived, held: StoredDdm): Report {
    const report = {
      ...head,
      requestType: 'StatusReport',
      status: 'Reported' as const,
      cause: 'ddm',
      errorChain: [],
    };
    if (document === undefined) return { ...report, observation: UNREADABLE };
    const at = head.at.getTime();
    const enrolledAt = held.enrolledAt?.getTime() ?? 0;
    // Of an enrollment that is over: it stays in the history alone.
    if (at < enrolledAt) return { ...report, observation: { kind: 'other', requestType: 'StatusReport' } };
    held.state = withReport(withoutBefore(held.state, enrolledAt), document, at);
    held.reportedAt = new Date(Math.max(at, held.reportedAt?.getTime() ?? 0));
    return { ...report, ...meaningOf(held.state, document) };
  }

  private trace(added: readonly Report[], startMs: number): void {
    const endMs = Date.now();
    for (const { traceparent, observation } of added) {
      if (traceparent === undefined) continue;
      const attributes = { 'lamp.request_type': 'StatusReport', 'lamp.observation': observation.kind };
      this.tracer.record('interpret-status-report', { traceparent, startMs, endMs, attributes });
    }
  }
}

const UNREADABLE: Observation = {
  kind: 'error',
  requestType: 'StatusReport',
  class: 'unreadable-answer',
  explanation: "The device's status report could not be read.",
  retry: 'later',
  errorChain: [],
};

/** The OS version is told a second time as facts, so that nobody need care which lane it came by. */
function meaningOf(state: DdmState, { items }: StatusReport): Pick<Report, 'observation' | 'also' | 'facts'> {
  const declarations = items.has('management.declarations') ? reportedDeclarations(state) : undefined;
  const observation = { ...declaredStatus(state), ...(declarations === undefined ? {} : { declarations }) };
  const facts = reportedFacts(state, items.keys());
  if (facts === undefined) return { observation };
  const { osVersion, buildVersion, supplementalBuild } = facts;
  const told = { kind: 'facts' as const, osVersion, buildVersion, supplementalBuild };
  const also = osVersion === undefined ? undefined : told;
  return { observation, facts, also };
}

/** None of a device of which no report could be read yet. */
function rowOf({ tenant, deviceId, state, reportedAt }: StoredDdm): DdmRow[] {
  if (reportedAt === undefined) return [];
  return [
    {
      tenant,
      deviceId,
      state,
      reportedAt,
      status: declaredStatus(state),
      capabilities: ddmCapabilities(state),
      declarations: reportedDeclarations(state),
      betaEnrollment: betaEnrollment(state),
    },
  ];
}

function keyOf({ tenant, deviceId }: { tenant: string; deviceId: string }): string {
  return `${tenant}\0${deviceId}`;
}

function timeOf({ at }: { at: Date }): number {
  return at.getTime();
}
