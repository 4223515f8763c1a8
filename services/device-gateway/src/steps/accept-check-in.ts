import { buildPlist, enrollmentIdOf, parseCheckin } from '@lamplighter/apple';
import type { CheckinMessage, PlistValue } from '@lamplighter/apple';
import { ddmSync, enrollmentCheckIn } from '@lamplighter/contracts';
import type { CheckIn } from '@lamplighter/contracts';
import { Clock, Requester } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { queueMessageOf } from '../domain/check-in-message.ts';
import { NOTHING_MORE, xmlReply } from '../domain/device-reply.ts';
import type { DeviceReply } from '../domain/device-reply.ts';
import type { DeviceIdentity, DeviceRequest } from '../domain/device-request.ts';
import { documentOf, replyToSync } from '../domain/declarative.ts';
import { queueRefusal, Refusal, shortHash } from '../domain/refusal.ts';

/** Check-ins: enrollment, push addresses, bootstrap tokens, and the door to declarative management. */
@Injectable()
export class AcceptCheckIn {
  constructor(
    private readonly requester: Requester,
    private readonly clock: Clock,
  ) {}

  /** Throws CheckinError where the message is none that is known, Refusal, or AppError where nobody answers. */
  async run(request: DeviceRequest, identity: DeviceIdentity, plist: PlistValue): Promise<DeviceReply> {
    const message = parseCheckin(plist);
    const asked: Omit<CheckIn, 'message'> = {
      tenant: request.tenant,
      ...enrollmentIdOf(message),
      certificateHash: identity.certificateHash,
      receivedAt: this.clock.now().toISOString(),
    };
    if (message.messageType === 'DeclarativeManagement') return this.sync(asked, message);
    const forQueue = queueMessageOf(message);
    if (forQueue === undefined) throw notServed(asked, message.messageType);
    const reply = await this.requester.request(enrollmentCheckIn, { ...asked, message: forQueue });
    if (reply.outcome !== 'ok') throw queueRefusal(asked, reply.outcome);
    if (message.messageType !== 'GetBootstrapToken' || reply.bootstrapToken === undefined) return NOTHING_MORE;
    return xmlReply(buildPlist({ BootstrapToken: Buffer.from(reply.bootstrapToken, 'base64') }));
  }

  private async sync(
    asked: Omit<CheckIn, 'message'>,
    message: Extract<CheckinMessage, { messageType: 'DeclarativeManagement' }>,
  ): Promise<DeviceReply> {
    const { tenant, deviceId, certificateHash, receivedAt } = asked;
    const data = documentOf(message.data);
    const reply = await this.requester.request(ddmSync, {
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

/** User channels are not managed: 410 tells the Mac so. A token service is not offered: 400, as Apple asks for. */
function notServed(asked: Omit<CheckIn, 'message'>, type: CheckinMessage['messageType']): Refusal {
  const keys = {
    tenant: asked.tenant,
    deviceId: asked.deviceId,
    certificate: shortHash(asked.certificateHash),
  };
  return type === 'UserAuthenticate'
    ? new Refusal(410, 'checkin.user-not-managed', 'this user channel is not managed', { keys })
    : new Refusal(400, 'checkin.token-service-unknown', 'no token service of that type is offered here', { keys });
}
