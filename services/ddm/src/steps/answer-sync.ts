import { AppError } from '@lamplighter/contracts';
import type { ddmSync, ErrorBody, InputOf, OutputOf } from '@lamplighter/contracts';
import { Log } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { EMPTY_SET_TOKEN, emptyItemsDocument, tokensDocument } from '../domain/documents.ts';
import { Enrollments } from '../ports.ts';
import { RecordReport } from './record-report.ts';

type Sync = InputOf<typeof ddmSync>;
type SyncReply = OutputOf<typeof ddmSync>;

const DECLARATION = /^declaration\/(activation|asset|configuration|management)\/.+$/;

/**
 * A device asks for its declarations, or reports. Only the device that is enrolled with that very certificate is answered,
 * or a source: another server of the tenant, which knows its devices itself.
 */
@Injectable()
export class AnswerSync {
  constructor(
    private readonly enrollments: Enrollments,
    private readonly recordReport: RecordReport,
    private readonly log: Log,
  ) {}

  /** 200, 400, 403 or 404 with its body; an error where the state could not be read or written. */
  async run(sync: Sync): Promise<SyncReply> {
    if (sync.source !== undefined) return this.answer(sync);
    const enrolled = await this.enrollments.find(sync.tenant, sync.deviceId);
    if (enrolled?.isEnrolled !== true) return { status: 403, body: '{"code":"com.apple.unrecognized.device"}' };
    if (enrolled.certificateHash !== sync.certificateHash) {
      return refusal(403, {
        code: 'device.wrong-certificate',
        message: 'this id is enrolled with another certificate',
      });
    }
    return this.answer(sync);
  }

  private async answer(sync: Sync): Promise<SyncReply> {
    if (sync.endpoint === 'tokens') {
      return { status: 200, body: tokensDocument(EMPTY_SET_TOKEN, new Date(sync.receivedAt)) };
    }
    if (sync.endpoint === 'declaration-items') return { status: 200, body: emptyItemsDocument(EMPTY_SET_TOKEN) };
    if (sync.endpoint === 'status') return this.report(sync);
    if (DECLARATION.test(sync.endpoint)) {
      return refusal(404, {
        code: 'ddm.unknown-declaration',
        message: 'this device has no such declaration',
      });
    }
    const message = 'Endpoint is none of tokens, declaration-items, declaration/<type>/<identifier>, status';
    return refusal(400, { code: 'ddm.unknown-endpoint', message });
  }

  private async report(sync: Sync): Promise<SyncReply> {
    try {
      await this.recordReport.run({ ...sync, at: new Date(sync.receivedAt) });
      return { status: 200 };
    } catch (error) {
      if (!(error instanceof AppError) || error.outcome !== 'drop') throw error;
      this.log.warn({ deviceId: sync.deviceId, tenant: sync.tenant, code: error.code }, error.message);
      return refusal(400, error.toBody());
    }
  }
}

function refusal(status: number, body: ErrorBody): SyncReply {
  return { status, body: JSON.stringify(body) };
}
