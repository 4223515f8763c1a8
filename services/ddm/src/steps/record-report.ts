import { AppError, declarationReported, derivedUuid, message } from '@lamplighter/contracts';
import { Database, Outbox } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { checkedReport } from '../domain/status-report.ts';
import { ReportStore } from '../ports.ts';

export interface ReceivedReport {
  readonly tenant: string;
  readonly deviceId: string;
  readonly at: Date;
  /** As the device sent it; undefined where it sent nothing. */
  readonly data?: string | undefined;
}

/** Keeps a status report and tells of it. */
@Injectable()
export class RecordReport {
  constructor(
    private readonly db: Database,
    private readonly reports: ReportStore,
    private readonly outbox: Outbox,
  ) {}

  /** Throws AppError `ddm.invalid-report`; `ddm.same-instant` where the device reported twice within a millisecond. */
  async run({ tenant, deviceId, at, data }: ReceivedReport): Promise<void> {
    const report = checkedReport(data);
    await this.db.transaction(async (tx) => {
      if (!(await this.reports.add(tx, { tenant, deviceId, at, report }))) {
        throw new AppError('ddm.same-instant', 'this device has reported in this very millisecond', {
          outcome: 'retry',
        });
      }
      const id = derivedUuid(declarationReported.name, tenant, deviceId, at.toISOString());
      const reported = message(declarationReported, { id, tenant, at }, [{ deviceId, at: at.toISOString(), report }]);
      await this.outbox.stage(tx, declarationReported, reported, deviceId);
    });
  }
}
