import { checkinJson, enrollmentIdOf, parseCheckin } from '@lamplighter/apple';
import type { CheckinMessage, PlistValue } from '@lamplighter/apple';
import { type CheckIn, enrollmentCheckIn } from '@lamplighter/contracts';
import { Clock, Requester } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { payloadOf } from '../domain/check-in-message.ts';
import { replyToCheckIn } from '../domain/check-in-reply.ts';
import { NOTHING_MORE } from '../domain/device-reply.ts';
import type { DeviceReply } from '../domain/device-reply.ts';
import type { DeviceIdentity, DeviceRequest } from '../domain/device-request.ts';
import { documentOf, replyToSync } from '../domain/declarative.ts';
import type { Asked } from '../domain/refusal.ts';
import { Declarations } from '../ports.ts';

/** A certificate that is new to its device shows with these. */
const NAMED: ReadonlySet<string> = new Set(['Authenticate', 'TokenUpdate']);

/** Check-ins: enrollment, push addresses, escrowed and issued tokens, and the door to declarative management. */
@Injectable()
export class AcceptCheckIn {
  constructor(
    private readonly requester: Requester,
    private readonly declarations: Declarations,
    private readonly clock: Clock,
  ) {}

  /** Throws CheckinError where the message is none that is known, Refusal, or AppError where nobody answers. */
  async run(request: DeviceRequest, identity: DeviceIdentity, plist: PlistValue): Promise<DeviceReply> {
    const message = parseCheckin(plist);
    const asked = {
      tenant: request.tenant,
      ...enrollmentIdOf(message),
      certificateHash: identity.certificateHash,
      receivedAt: this.clock.now().toISOString(),
    };
    if (message.messageType === 'DeclarativeManagement') return this.sync(asked, message);
    const reply = await this.requester.request(enrollmentCheckIn, {
      ...asked,
      ...(NAMED.has(message.messageType) ? certificateOf(identity) : {}),
      payload: payloadOf(plist, request.body.length),
      message: checkinJson(message),
    });
    // The second one, after the empty challenge: there is nothing to prove, hence no AuthToken.
    if (reply.outcome === 'ok' && isDigest(message)) return NOTHING_MORE;
    return replyToCheckIn(asked, message.messageType, reply);
  }

  private async sync(
    asked: Asked & { readonly receivedAt: string },
    message: Extract<CheckinMessage, { messageType: 'DeclarativeManagement' }>,
  ): Promise<DeviceReply> {
    const { tenant, deviceId, certificateHash, receivedAt } = asked;
    const data = documentOf(message.data);
    const reply = await this.declarations.sync({
      tenant,
      deviceId,
      certificateHash,
      receivedAt,
      endpoint: message.endpoint.slice(0, 1000),
      ...(data === undefined ? {} : { data }),
    });
    return replyToSync(asked, reply);
  }
}

function isDigest(message: CheckinMessage): boolean {
  return message.messageType === 'UserAuthenticate' && Boolean(message.digestResponse);
}

/** Its names tell whose it is. */
function certificateOf({ certificateNames, certificateEndsAt }: DeviceIdentity): Partial<CheckIn> {
  return {
    ...(certificateNames === undefined ? {} : { certificateNames: [...certificateNames] }),
    ...(certificateEndsAt === undefined ? {} : { certificateEndsAt: certificateEndsAt.toISOString() }),
  };
}
