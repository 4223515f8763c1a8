import { MessagingModule } from '@lamplighter/messaging';
import { RuntimeModule } from '@lamplighter/runtime';
import { StorageModule } from '@lamplighter/storage';
import { Module } from '@nestjs/common';
import { OnCommandAnsweredConsumer } from './in/on-command-answered.consumer.ts';
import { OnDeviceEnrolledConsumer } from './in/on-device-enrolled.consumer.ts';
import { OnDeviceLeftConsumer } from './in/on-device-left.consumer.ts';
import { ReportDaysClock } from './in/report-days.clock.ts';
import { NatsAnswerReader } from './out/nats-answer-reader.ts';
import { PgDeviceStore } from './out/pg-device-store.ts';
import { PgReportDays } from './out/pg-report-days.ts';
import { PgReportStore } from './out/pg-report-store.ts';
import { AnswerReader, DeviceStore, ReportDays, ReportStore } from './ports.ts';
import { InterpretAnswer } from './steps/interpret-answer.ts';
import { KeepReportDays } from './steps/keep-report-days.ts';
import { RecordDeparture } from './steps/record-departure.ts';
import { RecordEnrollment } from './steps/record-enrollment.ts';

@Module({
  imports: [
    RuntimeModule,
    StorageModule.forService('status_ingestion'),
    MessagingModule.forService('status-ingestion'),
  ],
  controllers: [OnCommandAnsweredConsumer, OnDeviceEnrolledConsumer, OnDeviceLeftConsumer],
  providers: [
    InterpretAnswer,
    RecordDeparture,
    RecordEnrollment,
    KeepReportDays,
    ReportDaysClock,
    { provide: AnswerReader, useClass: NatsAnswerReader },
    { provide: DeviceStore, useClass: PgDeviceStore },
    { provide: ReportDays, useClass: PgReportDays },
    { provide: ReportStore, useClass: PgReportStore },
  ],
})
export class StatusIngestionModule {}
