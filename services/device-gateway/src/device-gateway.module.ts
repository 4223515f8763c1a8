import { Answers, MessagingModule } from '@lamplighter/messaging';
import { RuntimeModule } from '@lamplighter/runtime';
import { Module } from '@nestjs/common';
import { MdmServer } from './in/mdm.server.ts';
import { ReloadFilesClock } from './in/reload-files.clock.ts';
import { DiskEnrollmentFiles } from './out/disk-enrollment-files.ts';
import { NatsDeclarations } from './out/nats-declarations.ts';
import { NatsExchangeQueue } from './out/nats-exchange-queue.ts';
import { PemDeviceAuthorities } from './out/pem-device-authorities.ts';
import { AnswerPacker, Declarations, DeviceAuthorities, EnrollmentFiles, ExchangeQueue } from './ports.ts';
import { AcceptCheckIn } from './steps/accept-check-in.ts';
import { ConnectDevice } from './steps/connect-device.ts';
import { IdentifyDevice } from './steps/identify-device.ts';
import { IssueEnrollmentProfile } from './steps/issue-enrollment-profile.ts';
import { ServeDevice } from './steps/serve-device.ts';

@Module({
  imports: [RuntimeModule, MessagingModule.forService('device-gateway')],
  providers: [
    MdmServer,
    ReloadFilesClock,
    ServeDevice,
    IdentifyDevice,
    ConnectDevice,
    AcceptCheckIn,
    IssueEnrollmentProfile,
    { provide: ExchangeQueue, useClass: NatsExchangeQueue },
    { provide: Declarations, useClass: NatsDeclarations },
    { provide: AnswerPacker, useExisting: Answers },
    { provide: DeviceAuthorities, useClass: PemDeviceAuthorities },
    { provide: EnrollmentFiles, useClass: DiskEnrollmentFiles },
  ],
})
export class DeviceGatewayModule {}
