import { MessagingModule } from '@lamplighter/messaging';
import { RuntimeModule } from '@lamplighter/runtime';
import { keepDays, keepSealed, StorageModule } from '@lamplighter/storage';
import { Module } from '@nestjs/common';
import type { Config } from './config.ts';
import { CertificatesClock } from './in/certificates.clock.ts';
import { OnCommandEnqueuedConsumer } from './in/on-command-enqueued.consumer.ts';
import { OnCommandsEnqueuedConsumer } from './in/on-commands-enqueued.consumer.ts';
import { OnPushRepeatConsumer } from './in/on-push-repeat.consumer.ts';
import { OnPushRequestConsumer } from './in/on-push-request.consumer.ts';
import { PushCertificateResponder } from './in/push-certificate.responder.ts';
import { PushNowResponder } from './in/push-now.responder.ts';
import { Http2PushSender } from './out/http2-push-sender.ts';
import { certificateContext, PgCertificateStore } from './out/pg-certificate-store.ts';
import { PgPushLog } from './out/pg-push-log.ts';
import { PgPushTargets } from './out/pg-push-targets.ts';
import { RedisPushBudget } from './out/redis-push-budget.ts';
import { RedisRecentPushes } from './out/redis-recent-pushes.ts';
import { CertificateStore, PushBudget, PushLog, PushSender, PushTargets, RecentPushes } from './ports.ts';
import { PushDevices } from './steps/push-devices.ts';
import { PushNow } from './steps/push-now.ts';
import { SendPushes } from './steps/send-pushes.ts';
import { StorePushCertificate } from './steps/store-push-certificate.ts';
import { TopicGate } from './steps/topic-gate.ts';
import { WakeDevices } from './steps/wake-devices.ts';
import { WatchCertificates } from './steps/watch-certificates.ts';

@Module({
  imports: [RuntimeModule, StorageModule.forService('apns_push'), MessagingModule.forService('apns-push')],
  controllers: [
    OnCommandEnqueuedConsumer,
    OnCommandsEnqueuedConsumer,
    OnPushRequestConsumer,
    OnPushRepeatConsumer,
    PushCertificateResponder,
    PushNowResponder,
  ],
  providers: [
    CertificatesClock,
    PushDevices,
    PushNow,
    SendPushes,
    StorePushCertificate,
    TopicGate,
    WakeDevices,
    WatchCertificates,
    keepDays({ schema: 'apns_push', table: 'push', column: 'at' }, (config: Config) => config.LAMP_PUSH_DAYS),
    keepSealed({ table: 'apns_push.push_certificate', id: 'topic', columns: { sealed_pem: certificateContext } }),
    { provide: CertificateStore, useClass: PgCertificateStore },
    { provide: PushBudget, useClass: RedisPushBudget },
    { provide: PushLog, useClass: PgPushLog },
    { provide: PushSender, useClass: Http2PushSender },
    { provide: PushTargets, useClass: PgPushTargets },
    { provide: RecentPushes, useClass: RedisRecentPushes },
  ],
})
export class ApnsPushModule {}
