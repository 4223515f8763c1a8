import { MessagingModule } from '@lamplighter/messaging';
import { RuntimeModule } from '@lamplighter/runtime';
import { keepDays, StorageModule } from '@lamplighter/storage';
import { Module } from '@nestjs/common';
import type { Config } from './config.ts';
import { AgentReportStore } from './ports/agents.ts';
import { OnAgentReportedConsumer } from './in/on-agent-reported.consumer.ts';
import { OnCommandAnsweredConsumer } from './in/on-command-answered.consumer.ts';
import { OnDeclarationReportedConsumer } from './in/on-declaration-reported.consumer.ts';
import { OnDeviceEnrolledConsumer } from './in/on-device-enrolled.consumer.ts';
import { OnDeviceLeftConsumer } from './in/on-device-left.consumer.ts';
import { PgAgentReportStore } from './out/pg-agent-report-store.ts';
import { NatsAnswerReader } from './out/nats-answer-reader.ts';
import { PgDdmStore } from './out/pg-ddm-store.ts';
import { PgDeviceStore } from './out/pg-device-store.ts';
import { PgReportStore } from './out/pg-report-store.ts';
import { AnswerReader, ReportStore } from './ports/reports.ts';
import { DdmStore } from './ports/ddm.ts';
import { DeviceStore } from './ports/devices.ts';
import { InterpretAnswer } from './steps/interpret-answer.ts';
import { InterpretStatusReport } from './steps/interpret-status-report.ts';
import { KeepAgentReports } from './steps/keep-agent-reports.ts';
import { RecordDeparture } from './steps/record-departure.ts';
import { RecordEnrollment } from './steps/record-enrollment.ts';

@Module({
  imports: [
    RuntimeModule,
    StorageModule.forService('status_ingestion'),
    MessagingModule.forService('status-ingestion'),
  ],
  controllers: [
    OnCommandAnsweredConsumer,
    OnDeclarationReportedConsumer,
    OnDeviceEnrolledConsumer,
    OnDeviceLeftConsumer,
    OnAgentReportedConsumer,
  ],
  providers: [
    InterpretAnswer,
    InterpretStatusReport,
    KeepAgentReports,
    RecordDeparture,
    RecordEnrollment,
    { provide: AnswerReader, useClass: NatsAnswerReader },
    { provide: AgentReportStore, useClass: PgAgentReportStore },
    { provide: DdmStore, useClass: PgDdmStore },
    { provide: DeviceStore, useClass: PgDeviceStore },
    keepDays(
      { schema: 'status_ingestion', table: 'report', column: 'at' },
      (config: Config) => config.LAMP_REPORT_DAYS,
    ),
    { provide: ReportStore, useClass: PgReportStore },
  ],
})
export class StatusIngestionModule {}
