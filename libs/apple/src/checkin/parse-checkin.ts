import { flagIn, optionalData, present, requiredData, requiredText, textIn } from '../fields.ts';
import { isDict } from '../plist/plist-value.ts';
import type { PlistDict, PlistValue } from '../plist/plist-value.ts';
import { CheckinError, checkinFault as fault } from './checkin-error.ts';
import { readIds } from './enrollment-id.ts';
import type { EnrollmentIds } from './enrollment-id.ts';
import type { AuthenticateFacts, CheckinMessage } from './messages.ts';

type Reader = (dict: PlistDict, ids: EnrollmentIds) => CheckinMessage;

/** Apple's have 32, and may have up to 100. */
const MAX_TOKEN_BYTES = 512;
/** Apple's are UUIDs; a push of more than 4 KiB is none. */
const MAX_MAGIC = 1024;
const MAX_TOPIC = 255;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  [
    'Authenticate',
    (dict, ids) => {
      const { userId, enrollmentUserId } = ids;
      if (userId !== undefined || enrollmentUserId !== undefined) {
        throw fault('invalid-key', 'UserID', 'none: user channels have no Authenticate');
      }
      return { messageType: 'Authenticate', ids, topic: topicIn(dict), facts: readFacts(dict) };
    },
  ],
  [
    'TokenUpdate',
    (dict, ids) => ({
      messageType: 'TokenUpdate',
      ids,
      topic: topicIn(dict),
      ...pushAddressIn(dict),
      ...present({
        unlockToken: optionalData(dict, 'UnlockToken', fault),
        awaitingConfiguration: flagIn(dict, 'AwaitingConfiguration'),
        notOnConsole: flagIn(dict, 'NotOnConsole'),
      }),
    }),
  ],
  ['CheckOut', (dict, ids) => ({ messageType: 'CheckOut', ids, ...present({ topic: textIn(dict, 'Topic') }) })],
  [
    'UserAuthenticate',
    (dict, ids) => {
      requiredText(dict, 'UserID', fault);
      return {
        messageType: 'UserAuthenticate',
        ids,
        ...present({ digestResponse: textIn(dict, 'DigestResponse') }),
      };
    },
  ],
  [
    'SetBootstrapToken',
    (dict, ids) => ({
      messageType: 'SetBootstrapToken',
      ids,
      ...present({
        bootstrapToken: optionalData(dict, 'BootstrapToken', fault),
        awaitingConfiguration: flagIn(dict, 'AwaitingConfiguration'),
      }),
    }),
  ],
  [
    'GetBootstrapToken',
    (dict, ids) => ({
      messageType: 'GetBootstrapToken',
      ids,
      ...present({ awaitingConfiguration: flagIn(dict, 'AwaitingConfiguration') }),
    }),
  ],
  [
    'GetToken',
    (dict, ids) => {
      const parameters = dict['TokenParameters'];
      return {
        messageType: 'GetToken',
        ids,
        tokenServiceType: requiredText(dict, 'TokenServiceType', fault),
        ...present({ tokenParameters: isDict(parameters) ? parameters : undefined }),
      };
    },
  ],
  ['ReturnToService', (_dict, ids) => ({ messageType: 'ReturnToService', ids })],
  [
    'DeclarativeManagement',
    (dict, ids) => ({
      messageType: 'DeclarativeManagement',
      ids,
      endpoint: requiredText(dict, 'Endpoint', fault),
      ...present({ data: optionalData(dict, 'Data', fault) }),
    }),
  ],
]);

/**
 * Reads a check-in message (mdm/checkin of Apple's schema). Unknown keys are accepted and left out.
 * Throws CheckinError naming the key that is missing or invalid, or the unknown type.
 */
export function parseCheckin(plist: PlistValue): CheckinMessage {
  if (!isDict(plist)) throw new CheckinError('checkin.not-a-dict', 'check-in message: the plist is not a dict');
  const read = READERS.get(requiredText(plist, 'MessageType', fault));
  if (!read) {
    const known = [...READERS.keys()].join(', ');
    throw new CheckinError(
      'checkin.unknown-message-type',
      `check-in message: MessageType is none of ${known}`,
      'MessageType',
    );
  }
  return read(plist, readIds(plist, fault));
}

/** No push certificate is of a longer one. */
function topicIn(dict: PlistDict): string {
  const topic = requiredText(dict, 'Topic', fault);
  if (topic.length > MAX_TOPIC) throw fault('invalid-key', 'Topic', `at most ${MAX_TOPIC} characters`);
  return topic;
}

/** What is longer than APNs takes would be refused there at best, at worst end the connection that all devices share. */
function pushAddressIn(dict: PlistDict): { token: Buffer; pushMagic: string } {
  const token = requiredData(dict, 'Token', fault);
  const pushMagic = requiredText(dict, 'PushMagic', fault);
  if (token.length > MAX_TOKEN_BYTES) throw fault('invalid-key', 'Token', `at most ${MAX_TOKEN_BYTES} bytes`);
  if (pushMagic.length > MAX_MAGIC) throw fault('invalid-key', 'PushMagic', `at most ${MAX_MAGIC} characters`);
  return { token, pushMagic };
}

function readFacts(dict: PlistDict): AuthenticateFacts {
  return present({
    serialNumber: textIn(dict, 'SerialNumber'),
    deviceName: textIn(dict, 'DeviceName'),
    model: textIn(dict, 'Model'),
    modelName: textIn(dict, 'ModelName'),
    productName: textIn(dict, 'ProductName'),
    osVersion: textIn(dict, 'OSVersion'),
    buildVersion: textIn(dict, 'BuildVersion'),
    imei: textIn(dict, 'IMEI'),
    meid: textIn(dict, 'MEID'),
  });
}
