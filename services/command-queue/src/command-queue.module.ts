import { pushAddressContext } from '@lamplighter/contracts';
import { MessagingModule } from '@lamplighter/messaging';
import { RuntimeModule } from '@lamplighter/runtime';
import { keepSealed, StorageModule } from '@lamplighter/storage';
import { Module } from '@nestjs/common';
import { CheckInResponder } from './in/check-in.responder.ts';
import { CommandsResponder } from './in/commands.responder.ts';
import { DueClock } from './in/due.clock.ts';
import { ExchangeResponder } from './in/exchange.responder.ts';
import { HandOverClock } from './in/hand-over.clock.ts';
import { OnCommandEnqueueConsumer } from './in/on-command-enqueue.consumer.ts';
import { OnCommandRevokeConsumer } from './in/on-command-revoke.consumer.ts';
import { OnPushSentConsumer } from './in/on-push-sent.consumer.ts';
import { HttpOtherServer } from './out/http-other-server.ts';
import { MaidTokenServices } from './out/maid-token-services.ts';
import { PgCommandStore } from './out/pg-command-store.ts';
import { PgEnrollmentStore } from './out/pg-enrollment-store.ts';
import { PgHandOverStore } from './out/pg-hand-over-store.ts';
import { CommandStore } from './ports/commands.ts';
import { EnrollmentStore, TokenServices } from './ports/enrollments.ts';
import { HandOverStore, OtherServer } from './ports/hand-overs.ts';
import { AcceptCheckIn } from './steps/accept-check-in.ts';
import { AdmitDevice } from './steps/admit-device.ts';
import { AnnounceAnswer } from './steps/announce-answer.ts';
import { AnswerCheckIn } from './steps/answer-check-in.ts';
import { BeginEnrollment } from './steps/begin-enrollment.ts';
import { EndEnrollment } from './steps/end-enrollment.ts';
import { CancelCommands } from './steps/cancel-commands.ts';
import { JudgeCommands } from './steps/judge-commands.ts';
import { PutCommands } from './steps/put-commands.ts';
import { QueueCommands } from './steps/queue-commands.ts';
import { EnqueueCommands } from './steps/enqueue-commands.ts';
import { ExchangeCommand } from './steps/exchange-command.ts';
import { HandOverCommands } from './steps/hand-over-commands.ts';
import { KeepHistory } from './steps/keep-history.ts';
import { KeepTokens, tokenContext } from './steps/keep-tokens.ts';
import { LookAtDue } from './steps/look-at-due.ts';
import { RecordPush } from './steps/record-push.ts';
import { RevokeCommands } from './steps/revoke-commands.ts';
import { StepTools } from './steps/step-tools.ts';

const tokenOf = (field: string) => (tenant: string, deviceId: string) => tokenContext({ tenant, deviceId }, field);
const sealedColumns = {
  push_address: pushAddressContext,
  unlock_token: tokenOf('unlock-token'),
  bootstrap_token: tokenOf('bootstrap-token'),
};

@Module({
  imports: [RuntimeModule, StorageModule.forService('command_queue'), MessagingModule.forService('command-queue')],
  controllers: [
    OnCommandEnqueueConsumer,
    OnCommandRevokeConsumer,
    OnPushSentConsumer,
    ExchangeResponder,
    CheckInResponder,
    CommandsResponder,
  ],
  providers: [
    JudgeCommands,
    QueueCommands,
    EnqueueCommands,
    PutCommands,
    CancelCommands,
    ExchangeCommand,
    AnnounceAnswer,
    AcceptCheckIn,
    AnswerCheckIn,
    AdmitDevice,
    BeginEnrollment,
    EndEnrollment,
    KeepTokens,
    StepTools,
    LookAtDue,
    KeepHistory,
    RevokeCommands,
    RecordPush,
    DueClock,
    HandOverCommands,
    HandOverClock,
    keepSealed({ table: 'command_queue.enrollment', id: 'device_id', columns: sealedColumns }),
    { provide: CommandStore, useClass: PgCommandStore },
    { provide: EnrollmentStore, useClass: PgEnrollmentStore },
    { provide: HandOverStore, useClass: PgHandOverStore },
    { provide: OtherServer, useClass: HttpOtherServer },
    { provide: TokenServices, useClass: MaidTokenServices },
  ],
})
export class CommandQueueModule {}
