import { enrollmentIdOf, parseConnect } from '@lamplighter/apple';
import type { PlistValue } from '@lamplighter/apple';
import { type AnswerPayload, answerAnnounce, type Exchange, type ExchangeReply } from '@lamplighter/contracts';
import { Clock, Requester } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import type { DeviceIdentity, DeviceRequest } from '../domain/device-request.ts';
import { queueRefusal } from '../domain/refusal.ts';
import { AnswerPacker, ExchangeQueue } from '../ports.ts';

export interface Visit {
  readonly exchange: Exchange;
  readonly reply: ExchangeReply;
}

/** Stands for an answer to what nobody asked: the queue passes over such a one, whatever it says. */
const NOTHING: AnswerPayload = { xml: '<plist version="1.0"><dict/></plist>' };

/** Idle or an answer goes to the command queue; what comes back is for this device. */
@Injectable()
export class ConnectDevice {
  constructor(
    private readonly queue: ExchangeQueue,
    private readonly packer: AnswerPacker,
    private readonly requester: Requester,
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
      const commandId = message.commandUuid ?? '';
      const payload = await this.packer.pack(request.body, () => this.isAwaited(exchange, commandId));
      exchange.answer = { commandId, status: message.status, payload: payload ?? NOTHING };
    }
    return { exchange, reply: await this.queue.exchange(exchange) };
  }

  /** Throws Refusal where the queue does not know who sends it. */
  private async isAwaited({ tenant, deviceId, certificateHash }: Exchange, commandId: string): Promise<boolean> {
    const asked = { tenant, deviceId, certificateHash };
    const { outcome } = await this.requester.request(answerAnnounce, { ...asked, commandId });
    if (outcome === 'awaited' || outcome === 'stray') return outcome === 'awaited';
    throw queueRefusal(asked, outcome);
  }
}
