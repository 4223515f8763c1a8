import { buildPlist } from '@lamplighter/apple';
import type { ServerMessage } from '@lamplighter/apple';
import type { CheckInReply } from '@lamplighter/contracts';
import { NOTHING_MORE, xmlReply } from './device-reply.ts';
import type { DeviceReply } from './device-reply.ts';
import { queueRefusal, Refusal, shortHash } from './refusal.ts';
import type { Asked } from './refusal.ts';

/** What the device gets. Throws Refusal where the queue refused. */
export function replyToCheckIn(asked: Asked, type: ServerMessage['messageType'], reply: CheckInReply): DeviceReply {
  if (reply.outcome !== 'ok') throw refusalOf(asked, reply.outcome);
  switch (type) {
    case 'UserAuthenticate':
      // Zero-length: no AuthToken is needed for this user. Nothing is checked, so a digest would prove nothing here.
      return xmlReply(buildPlist({ DigestChallenge: '' }));
    case 'GetBootstrapToken':
      // Where there is none Apple asks for a dict without the key, not for an empty body.
      return dictReply('BootstrapToken', reply.bootstrapToken);
    case 'GetToken':
      return dictReply('TokenData', reply.tokenData);
    case 'ReturnToService':
      // Erasing a device is nobody's default: Apple's way to say no.
      return xmlReply(buildPlist({ ReturnToService: { Enabled: false } }));
    default:
      return NOTHING_MORE;
  }
}

function dictReply(key: string, base64: string | undefined): DeviceReply {
  return xmlReply(buildPlist(base64 === undefined ? {} : { [key]: Buffer.from(base64, 'base64') }));
}

/** 410 tells a Mac that its user is not managed; 400 that a token service is not offered: as Apple asks for. 503 has it come again later. */
function refusalOf(asked: Asked, outcome: Exclude<CheckInReply['outcome'], 'ok'>): Refusal {
  const keys = { tenant: asked.tenant, deviceId: asked.deviceId, certificate: shortHash(asked.certificateHash) };
  switch (outcome) {
    case 'user-not-managed':
      return new Refusal(410, 'checkin.user-not-managed', 'this user channel is not managed', { keys });
    case 'unknown-token-service':
      return new Refusal(400, 'checkin.token-service-unknown', 'no token service of that type is offered here', {
        keys,
      });
    case 'too-many-tokens':
      return new Refusal(
        503,
        'checkin.too-many-tokens',
        'this enrollment was given as many tokens as it gets for now',
        {
          remedy:
            'Look at what signs in on this device; raise LAMP_TOKENS_PER_HOUR of command-queue if it is meant to.',
          keys,
        },
      );
    default:
      return queueRefusal(asked, outcome);
  }
}
