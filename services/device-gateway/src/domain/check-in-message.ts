import { redactCheckin } from '@lamplighter/apple';
import type { CheckinMessage, PlistValue } from '@lamplighter/apple';
import type { CheckIn } from '@lamplighter/contracts';
import { Refusal } from './refusal.ts';

/** What the command queue serves; the rest is for declarative management. */
export type QueueMessage = Exclude<CheckinMessage, { messageType: 'DeclarativeManagement' }>;

type Of<T extends QueueMessage['messageType']> = Extract<QueueMessage, { messageType: T }>;

/** Many times what a check-in of any OS has; with all that is made of it still below the broker's 1 MiB. */
export const LARGEST_CHECK_IN = 262_144;

/** What the command queue is told of a check-in. */
export function queueMessageOf(message: QueueMessage): CheckIn['message'] {
  switch (message.messageType) {
    case 'Authenticate': {
      // The serial number tells a device apart well enough: its IMEI and MEID stay with it.
      const { imei: _imei, meid: _meid, ...facts } = message.facts;
      return { type: 'Authenticate', topic: message.topic, facts };
    }
    case 'TokenUpdate':
      return tokenUpdateOf(message);
    case 'SetBootstrapToken': {
      const { bootstrapToken } = message;
      const empty = bootstrapToken === undefined || bootstrapToken.length === 0;
      return {
        type: 'SetBootstrapToken',
        ...(empty ? {} : { bootstrapToken: bootstrapToken.toString('base64') }),
        ...awaiting(message),
      };
    }
    case 'GetBootstrapToken':
      return { type: 'GetBootstrapToken', ...awaiting(message) };
    case 'GetToken':
      return { type: 'GetToken', serviceType: message.tokenServiceType.slice(0, 200) };
    default:
      return { type: message.messageType };
  }
}

function tokenUpdateOf(message: Of<'TokenUpdate'>): CheckIn['message'] {
  const { topic, token, pushMagic, unlockToken, notOnConsole, ids } = message;
  return {
    type: 'TokenUpdate',
    topic,
    token: token.toString('base64'),
    pushMagic,
    ...(unlockToken === undefined ? {} : { unlockToken: unlockToken.toString('base64') }),
    ...awaiting(message),
    ...(notOnConsole === undefined ? {} : { notOnConsole }),
    ...(ids.userShortName === undefined ? {} : { userShortName: ids.userShortName }),
    ...(ids.userLongName === undefined ? {} : { userLongName: ids.userLongName }),
  };
}

function awaiting({ awaitingConfiguration }: { awaitingConfiguration?: boolean }) {
  return awaitingConfiguration === undefined ? {} : { awaitingConfiguration };
}

/** The message for other systems to follow, without its secrets. Throws Refusal (413) where it is no check-in by its size. */
export function payloadOf(plist: PlistValue, bytes: number): string {
  const payload = bytes > LARGEST_CHECK_IN ? '' : redactCheckin(plist);
  if (bytes > LARGEST_CHECK_IN || payload.length > LARGEST_CHECK_IN) {
    throw new Refusal(413, 'checkin.too-large', `a check-in of more than ${LARGEST_CHECK_IN} bytes is none`);
  }
  return payload;
}
