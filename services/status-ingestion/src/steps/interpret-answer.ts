import { AppleError, isDict, parsePlist } from '@lamplighter/apple';
import type { PlistDict } from '@lamplighter/apple';
import { deviceObserved } from '@lamplighter/contracts';
import type { Message } from '@lamplighter/contracts';
import { Clock, Database, Log, Outbox, Tracer } from '@lamplighter/runtime';
import type { Tx } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { interpret } from '../domain/interpret.ts';
import { newestPerDevice, roundsPerDevice } from '../domain/newest.ts';
import { observedMessages } from '../domain/observed.ts';
import { isDeviceChannel, reportIdOf } from '../domain/report.ts';
import type { AnsweredItem, Report } from '../domain/report.ts';
import { AnswerReader, ReportStore } from '../ports/reports.ts';
import { DeviceStore } from '../ports/devices.ts';

/** Turns answers into facts, history and one `device.observed` a tenant; what was reported before changes nothing. */
@Injectable()
export class InterpretAnswer {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly devices: DeviceStore,
    private readonly reports: ReportStore,
    private readonly answers: AnswerReader,
    private readonly clock: Clock,
    private readonly tracer: Tracer,
    private readonly log: Log,
  ) {}

  async run(batch: readonly Message<AnsweredItem>[]): Promise<void> {
    const startMs = Date.now();
    const reports: Report[] = [];
    for (const { tenant, items } of batch) {
      for (const item of items) reports.push(await this.reportOf(tenant, item));
    }
    if (reports.length === 0) return;
    const added = await this.db.transaction((tx) => this.write(tx, reports));
    this.trace(added, startMs);
  }

  private async write(tx: Tx, reports: readonly Report[]): Promise<Report[]> {
    const now = this.clock.now();
    const ofDevices = reports.filter((report) => isDeviceChannel(report.deviceId));
    await this.devices.noteAnswers(tx, newestPerDevice(ofDevices, timeOf), now);
    const added = await this.reports.record(tx, reports);
    const changing = added.filter((report) => isDeviceChannel(report.deviceId));
    const facts = changing.flatMap((report) => (report.facts ? [{ ...report, facts: report.facts }] : []));
    for (const round of roundsPerDevice(facts, timeOf)) await this.devices.writeFacts(tx, round, now);
    const lists = changing.filter((report) => report.available !== undefined);
    await this.reports.replaceAvailable(tx, newestPerDevice(lists, timeOf));
    for (const observed of observedMessages(added, now)) {
      await this.outbox.stage(tx, deviceObserved, observed, observed.id);
    }
    return added;
  }

  private async reportOf(tenant: string, item: AnsweredItem): Promise<Report> {
    const body = item.status === 'NotNow' ? undefined : await this.bodyOf(item);
    const { deviceId, commandId, requestType, status, cause, traceparent } = item;
    return {
      ...interpret(item, body),
      tenant,
      deviceId,
      commandId,
      requestType,
      status,
      cause,
      traceparent,
      reportId: reportIdOf(item),
      at: new Date(item.receivedAt),
    };
  }

  /** Undefined where it is no plist: the device's gateway accepted it, so this is a fault of ours that must not stop the others. */
  private async bodyOf(item: AnsweredItem): Promise<PlistDict | undefined> {
    const xml = await this.answers.read(item.payload);
    const keys = { deviceId: item.deviceId, commandId: item.commandId };
    try {
      const plist = xml === undefined ? undefined : parsePlist(xml);
      if (plist !== undefined && isDict(plist)) return plist;
      this.log.warn(keys, 'an answer is gone, damaged, or no dict');
    } catch (error) {
      if (!(error instanceof AppleError)) throw error;
      this.log.warn({ ...keys, err: error }, 'an answer could not be read');
    }
    return undefined;
  }

  private trace(added: readonly Report[], startMs: number): void {
    const endMs = Date.now();
    for (const { traceparent, commandId, requestType, status, observation } of added) {
      if (traceparent === undefined) continue;
      const attributes = {
        'messaging.message.conversation_id': commandId,
        'lamp.request_type': requestType,
        'lamp.status': status,
        'lamp.observation': observation.kind,
      };
      this.tracer.record('interpret-answer', { traceparent, startMs, endMs, attributes });
    }
  }
}

function timeOf(report: Report): number {
  return report.at.getTime();
}
