import { enrollmentIdOf, parseConnect } from '@lamplighter/apple';
import type { PlistValue } from '@lamplighter/apple';
import type { Exchange, ExchangeReply } from '@lamplighter/contracts';
import { Clock } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { DeviceIdentity, DeviceRequest } from '../domain/device-request.ts';
import { AnswerPacker, ExchangeQueue } from '../ports.ts';

export interface Visit {
  readonly exchange: Exchange;
  readonly reply: ExchangeReply;
}

/** Idle or an answer goes to the command queue; what comes back is for this device. */
@Injectable()
export class ConnectDevice {
  constructor(
    private readonly queue: ExchangeQueue,
    private readonly packer: AnswerPacker,
    private readonly clock: Clock,
  ) {}

  /** Throws ConnectError where the message is not one, AppError where the queue cannot be reached. */
  async run(request: DeviceRequest, identity: DeviceIdentity, plist: PlistValue): Promise<Visit> {
    const message = parseConnect(plist);
    const exchange: Exchange = {
      tenant: request.tenant,
      deviceId: enrollmentIdOf(message).deviceId,
      certificateHash: identity.certificateHash,
      receivedAt: this.clock.now().toISOString(),
    };
    if (message.status !== 'Idle') {
      const payload = await this.packer.pack(request.body);
      exchange.answer = { commandId: message.commandUuid ?? '', status: message.status, payload };
    }
    return { exchange, reply: await this.queue.exchange(exchange) };
  }
}
