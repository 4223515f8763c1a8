import { MessagingModule } from '@lamplighter/messaging';
import { RuntimeModule } from '@lamplighter/runtime';
import { StorageModule } from '@lamplighter/storage';
import { Module } from '@nestjs/common';
import { SyncResponder } from './in/sync.responder.ts';
import { PgEnrollments } from './out/pg-enrollments.ts';
import { PgReportStore } from './out/pg-report-store.ts';
import { Enrollments, ReportStore } from './ports.ts';
import { AnswerSync } from './steps/answer-sync.ts';
import { RecordReport } from './steps/record-report.ts';

@Module({
  imports: [RuntimeModule, StorageModule.forService('ddm'), MessagingModule.forService('ddm')],
  controllers: [SyncResponder],
  providers: [
    AnswerSync,
    RecordReport,
    { provide: Enrollments, useClass: PgEnrollments },
    { provide: ReportStore, useClass: PgReportStore },
  ],
})
export class DdmModule {}
