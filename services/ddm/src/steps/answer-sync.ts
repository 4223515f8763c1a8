import { tokensDocument } from '@lamplighter/apple';
import { AppError, type DdmSync, type DdmSyncReply, type ErrorBody } from '@lamplighter/contracts';
import { Clock, Log } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { type Endpoint, endpointOf } from '../domain/endpoint.ts';
import { EMPTY_ITEMS, EMPTY_TOKEN } from '../domain/manifest.ts';
import { type CheckedReport, checkedReport } from '../domain/status-report.ts';
import type { Found } from '../ports/sync.ts';
import { SyncViews } from '../ports/sync.ts';
import { type ReceivedReport, RecordReports } from './record-reports.ts';

type Known = DdmSync & Endpoint;

const UNRECOGNIZED: DdmSyncReply = { status: 403, body: '{"code":"com.apple.unrecognized.device"}' };
const FAILED: DdmSyncReply = { status: 503 };

/**
 * Devices ask for their declarations, or report. Only the device that is enrolled with that very certificate is answered, or its
 * source: another server of the tenant, which knows its devices itself, and speaks for no others.
 */
@Injectable()
export class AnswerSync {
  constructor(
    private readonly views: SyncViews,
    private readonly recordReports: RecordReports,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * In the order of the requests: 200, 400, 403 or 404 with its body; 503 where a report could not be kept: its device reports
   * again. Throws where nothing could be read.
   */
  async run(batch: readonly DdmSync[]): Promise<DdmSyncReply[]> {
    const endpoints = batch.map(({ endpoint }) => endpointOf(endpoint));
    const known = batch.flatMap((sync, index): Known[] => {
      const endpoint = endpoints[index];
      return endpoint === undefined ? [] : [{ ...sync, ...endpoint }];
    });
    const answers = (await this.answer(known)).values();
    return endpoints.map((endpoint) => (endpoint === undefined ? noEndpoint() : answers.next().value!));
  }

  private async answer(batch: readonly Known[]): Promise<DdmSyncReply[]> {
    if (batch.length === 0) return [];
    const asked = batch.map((sync) => ({
      ...sync,
      certificateHash: sync.source === undefined ? (sync.certificateHash ?? '') : null,
      source: sync.source ?? null,
    }));
    const found = await this.views.read(asked, this.clock.now());
    const replies = batch.map((sync, index) => strange(sync, found[index]!) ?? documentOf(sync, found[index]!));
    await this.takeReports(batch, replies);
    return replies.map((reply) => reply ?? FAILED);
  }

  /** Fills in the replies to reports. */
  private async takeReports(batch: readonly Known[], replies: (DdmSyncReply | undefined)[]): Promise<void> {
    const reports: (ReceivedReport & { index: number })[] = [];
    for (const [index, sync] of batch.entries()) {
      if (replies[index] !== undefined) continue;
      const checked = this.checked(sync);
      if ('report' in checked) {
        const { tenant, deviceId, receivedAt } = sync;
        reports.push({ index, tenant, deviceId, at: new Date(receivedAt), ...checked });
      } else replies[index] = checked;
    }
    for (const { index } of await this.record(reports)) replies[index] = { status: 200 };
  }

  /** Those that are kept. One that cannot be must not take its batch along. */
  private async record<R extends ReceivedReport>(reports: readonly R[]): Promise<R[]> {
    if (reports.length === 0) return [];
    try {
      await this.recordReports.run(reports);
      return [...reports];
    } catch (err) {
      if (reports.length === 1) {
        const [{ tenant, deviceId }] = reports as [R];
        this.log.error({ err, tenant, deviceId }, 'a status report could not be kept; its device reports again');
        return [];
      }
      const kept: R[] = [];
      for (const one of reports) kept.push(...(await this.record([one])));
      return kept;
    }
  }

  private checked({ tenant, deviceId, data }: DdmSync): CheckedReport | DdmSyncReply {
    try {
      return checkedReport(data);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.log.warn({ deviceId, tenant, code: error.code }, error.message);
      return refusal(400, error.toBody());
    }
  }
}

/** Undefined for one that may be answered. */
function strange({ source, certificateHash }: DdmSync, found: Found): DdmSyncReply | undefined {
  if (source !== undefined) return strangeTo(source, found);
  if (found.isEnrolled !== true) return UNRECOGNIZED;
  if (found.certificateHash === certificateHash) return undefined;
  return refusal(403, { code: 'device.wrong-certificate', message: 'this id is enrolled with another certificate' });
}

/** A device that nobody has told us of is its source's: where only its declarations are ours it has no enrollment here. */
function strangeTo(source: string, found: Found): DdmSyncReply | undefined {
  if (found.isEnrolled !== true || found.source === source) return undefined;
  const whose = found.source === null ? 'enrolled here itself' : `of the source ${found.source}`;
  return refusal(403, {
    code: 'ddm.not-your-device',
    message: `this device is ${whose}, and ${source} speaks for those of the source ${source} alone`,
    remedy: 'give the hook a token that bears the name of its source',
  });
}

/** Undefined for a report. */
function documentOf({ endpoint, receivedAt }: Known, { document, hasManifest }: Found): DdmSyncReply | undefined {
  if (endpoint === 'status') return undefined;
  if (document !== null) return { status: 200, body: document };
  if (endpoint === 'tokens' && !hasManifest) {
    return { status: 200, body: tokensDocument(EMPTY_TOKEN, new Date(receivedAt)) };
  }
  if (endpoint === 'declaration-items' && !hasManifest) return { status: 200, body: EMPTY_ITEMS };
  return refusal(404, { code: 'ddm.unknown-declaration', message: 'this device has no such declaration' });
}

function noEndpoint(): DdmSyncReply {
  const message = 'Endpoint is none of tokens, declaration-items, declaration/<type>/<identifier>, status';
  return refusal(400, { code: 'ddm.unknown-endpoint', message });
}

function refusal(status: number, body: ErrorBody): DdmSyncReply {
  return { status, body: JSON.stringify(body) };
}
