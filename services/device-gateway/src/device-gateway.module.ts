import { Answers, MessagingModule } from '@lamplighter/messaging';
import { RuntimeModule } from '@lamplighter/runtime';
import { Module } from '@nestjs/common';
import { MdmServer } from './in/mdm.server.ts';
import { NatsExchangeQueue } from './out/nats-exchange-queue.ts';
import { PemDeviceAuthorities } from './out/pem-device-authorities.ts';
import { AnswerPacker, DeviceAuthorities, ExchangeQueue } from './ports.ts';
import { AcceptCheckIn } from './steps/accept-check-in.ts';
import { ConnectDevice } from './steps/connect-device.ts';
import { IdentifyDevice } from './steps/identify-device.ts';
import { ServeDevice } from './steps/serve-device.ts';

@Module({
  imports: [RuntimeModule, MessagingModule.forService('device-gateway')],
  providers: [
    MdmServer,
    ServeDevice,
    IdentifyDevice,
    ConnectDevice,
    AcceptCheckIn,
    { provide: ExchangeQueue, useClass: NatsExchangeQueue },
    { provide: AnswerPacker, useExisting: Answers },
    { provide: DeviceAuthorities, useClass: PemDeviceAuthorities },
  ],
})
export class DeviceGatewayModule {}
