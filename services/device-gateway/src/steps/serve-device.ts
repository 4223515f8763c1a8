import { commandPlist, isDict, parsePlist } from '@lamplighter/apple';
import { CONFIG, Tracer } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { NOTHING_MORE, xmlReply } from '../domain/device-reply.ts';
import type { DeviceReply } from '../domain/device-reply.ts';
import { CHECK_IN_TYPE, CONNECT_TYPE, mediaTypeOf } from '../domain/device-request.ts';
import type { DeviceIdentity, DeviceRequest } from '../domain/device-request.ts';
import { InHand } from '../domain/in-hand.ts';
import { queueRefusal, Refusal, shortHash } from '../domain/refusal.ts';
import { AcceptCheckIn } from './accept-check-in.ts';
import { ConnectDevice } from './connect-device.ts';
import type { Visit } from './connect-device.ts';
import { IdentifyDevice } from './identify-device.ts';

/** One request of a device: who it is, what it says, and what waits for it. */
@Injectable()
export class ServeDevice {
  private readonly inHand: InHand;

  constructor(
    private readonly identify: IdentifyDevice,
    private readonly acceptCheckIn: AcceptCheckIn,
    private readonly connect: ConnectDevice,
    private readonly tracer: Tracer,
    @Inject(CONFIG) config: Config,
  ) {
    this.inHand = new InHand(config.LAMP_GATEWAY_MAX_PER_DEVICE);
  }

  /**
   * Throws Refusal, AppleError (the body is not what Apple's formats promise), or AppError of the queue. Whoever sent
   * the body is known before it is parsed, and sends few at a time: behind the gateway one device's requests take turns,
   * and many of them would take everybody's.
   */
  async run(request: DeviceRequest): Promise<DeviceReply> {
    const identity = this.identify.run(request);
    if (!this.inHand.enter(identity.certificateHash)) throw tooManyAtOnce(request, identity);
    try {
      return await this.serve(request, identity);
    } finally {
      this.inHand.leave(identity.certificateHash);
    }
  }

  private async serve(request: DeviceRequest, identity: DeviceIdentity): Promise<DeviceReply> {
    const startMs = Date.now();
    const type = mediaTypeOf(request.contentType);
    if (type !== CHECK_IN_TYPE && type !== CONNECT_TYPE) throw wrongContentType(request, identity);
    const plist = parsePlist(request.body, { maxBytes: request.body.length });
    // A device without a CheckInURL sends its check-ins to the ServerURL; the message says what it is.
    if (type === CHECK_IN_TYPE || (isDict(plist) && plist['MessageType'] !== undefined)) {
      return this.acceptCheckIn.run(request, identity, plist);
    }
    const visit = await this.connect.run(request, identity, plist);
    this.trace(visit, startMs);
    return replyTo(visit);
  }

  /** After the fact: which traces this visit belongs to is known only once the queue has named its commands. */
  private trace({ exchange, reply }: Visit, startMs: number): void {
    if (reply.outcome !== 'command' && reply.outcome !== 'empty') return;
    const handedOver = reply.outcome === 'command' ? reply : undefined;
    for (const traceparent of new Set([reply.answeredTraceparent, handedOver?.traceparent])) {
      if (traceparent === undefined) continue;
      this.tracer.record('serve-device', {
        traceparent,
        startMs,
        endMs: Date.now(),
        attributes: {
          'lamp.device_id': exchange.deviceId,
          'lamp.status': exchange.answer?.status ?? 'Idle',
          ...(exchange.answer === undefined ? {} : { 'lamp.answered_command_id': exchange.answer.commandId }),
          ...(handedOver === undefined
            ? {}
            : {
                'messaging.message.conversation_id': handedOver.commandId,
                'lamp.request_type': handedOver.requestType,
              }),
        },
      });
    }
  }
}

function replyTo({ exchange, reply }: Visit): DeviceReply {
  if (reply.outcome === 'command') return xmlReply(commandPlist(reply.commandId, reply.command));
  if (reply.outcome === 'empty') return NOTHING_MORE;
  throw queueRefusal(exchange, reply.outcome);
}

function tooManyAtOnce(request: DeviceRequest, identity: DeviceIdentity): Refusal {
  return new Refusal(503, 'device.too-many-at-once', 'as many requests of this device as may be are being served', {
    remedy: 'A device waits for its answers. Where many do share a certificate, raise LAMP_GATEWAY_MAX_PER_DEVICE.',
    keys: { tenant: request.tenant, certificate: shortHash(identity.certificateHash) },
  });
}

function wrongContentType(request: DeviceRequest, identity: DeviceIdentity): Refusal {
  return new Refusal(400, 'device.content-type', `Content-Type is neither ${CHECK_IN_TYPE} nor ${CONNECT_TYPE}`, {
    keys: { tenant: request.tenant, certificate: shortHash(identity.certificateHash) },
  });
}
