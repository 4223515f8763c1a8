import {
  AppleError,
  checkinJson,
  enrollmentIdOf,
  isDict,
  parseCheckin,
  parseConnect,
  parsePlist,
  redactCheckin,
} from '@lamplighter/apple';
import type { CheckinMessage, EnrollmentId, PlistDict, PlistValue } from '@lamplighter/apple';
import { AppError, type AnswerStatus, type CheckIn, LARGEST_CHECK_IN, type RelayedEvent } from '@lamplighter/contracts';

/** What another MDM server relays of a device, as far as it matters here. */
export type RelayedMessage =
  | ({ kind: 'connect'; answer?: { commandId: string; status: AnswerStatus } } & Who)
  | ({ kind: 'check-in'; message: CheckIn['message']; payload: string } & Who)
  /** Questions that the other server answers by itself, and topics that are not known. */
  | { kind: 'nothing' };

interface Who {
  who: EnrollmentId;
}

const CONNECT = 'mdm.Connect';
/** What changes an enrollment. Bootstrap tokens stay with the device's own server, which it asks for them; the others are questions. */
const TOLD: ReadonlySet<string> = new Set(['Authenticate', 'TokenUpdate', 'CheckOut']);
/** Its own server pushes it: what that takes is neither needed nor kept here, and the message may come without. */
const NO_ADDRESS: PlistDict = { Token: Buffer.from('-'), PushMagic: '-' };

const LARGEST_ANSWER = 16 * 1024 * 1024;

/** The bytes of an event's raw_payload. Throws AppError `webhook.no-payload`. */
export function rawPayloadOf({ topic, acknowledge_event, checkin_event }: RelayedEvent): Buffer {
  const said = topic === CONNECT ? acknowledge_event : checkin_event;
  const text = said?.raw_payload ?? '';
  const raw = Buffer.from(text, 'base64');
  if (raw.length > 0 && isBase64(text, raw)) return raw;
  const where = topic === CONNECT ? 'acknowledge_event' : 'checkin_event';
  throw new AppError(
    'webhook.no-payload',
    `${where}.raw_payload of the ${topic} event is not the device's message in base64`,
  );
}

/** Whether the event is of a kind that is read here. */
export function isOfInterest({ topic }: RelayedEvent): boolean {
  return topic === CONNECT || TOLD.has(topic.replace(/^mdm\./, ''));
}

/** Throws AppError `webhook.unreadable` where the message is not what Apple's formats promise, or not of the event's topic. */
export function readRelayed(event: RelayedEvent, raw: Buffer): RelayedMessage {
  if (!isOfInterest(event)) return { kind: 'nothing' };
  try {
    const plist = parsePlist(raw, { maxBytes: event.topic === CONNECT ? LARGEST_ANSWER : LARGEST_CHECK_IN });
    return event.topic === CONNECT ? connectOf(plist) : checkInOf(plist, event.topic);
  } catch (error) {
    if (!(error instanceof AppleError)) throw error;
    throw new AppError('webhook.unreadable', `the raw_payload of the ${event.topic} event: ${error.message}`);
  }
}

function connectOf(plist: PlistValue): RelayedMessage {
  const message = parseConnect(plist);
  const who = enrollmentIdOf(message);
  if (message.status === 'Idle') return { kind: 'connect', who };
  return { kind: 'connect', who, answer: { commandId: message.commandUuid ?? '', status: message.status } };
}

function checkInOf(plist: PlistValue, topic: string): RelayedMessage {
  const message: CheckinMessage = parseCheckin(isDict(plist) ? { ...NO_ADDRESS, ...plist } : plist);
  if (topic !== `mdm.${message.messageType}` || message.messageType === 'DeclarativeManagement') {
    throw new AppError('webhook.unreadable', `the raw_payload of a ${topic} event is a ${message.messageType}`);
  }
  return {
    kind: 'check-in',
    who: enrollmentIdOf(message),
    message: withoutAddress(checkinJson(message)),
    payload: redactCheckin(plist),
  };
}

function withoutAddress(message: CheckIn['message']): CheckIn['message'] {
  if (message.type !== 'TokenUpdate') return message;
  const { token: _token, pushMagic: _magic, unlockToken: _unlock, ...rest } = message;
  return rest;
}

/** Padding may be absent, and whitespace is none of it. */
function isBase64(text: string, raw: Buffer): boolean {
  return raw.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '');
}
