import { declarationReported } from '@lamplighter/contracts';
import type { Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import type { ReportedItem } from '../domain/report.ts';
import { InterpretStatusReport } from '../steps/interpret-status-report.ts';

@Controller()
export class OnDeclarationReportedConsumer {
  constructor(private readonly step: InterpretStatusReport) {}

  // A message holds half a megabyte of reports, which are parsed whole: some 200 as devices send them.
  @OnMessages(declarationReported, { maxBatch: 16, gatherMs: 150 })
  async handle(batch: Message<ReportedItem>[]): Promise<void> {
    await this.step.run(batch);
  }
}
