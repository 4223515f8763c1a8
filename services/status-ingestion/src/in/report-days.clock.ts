import { Log, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { KeepReportDays } from '../steps/keep-report-days.ts';

@Injectable()
export class ReportDaysClock extends Ticker {
  constructor(
    private readonly step: KeepReportDays,
    log: Log,
  ) {
    super({ everyMs: 30_000, log });
  }

  protected override async tick(): Promise<void> {
    await this.step.run();
  }
}
