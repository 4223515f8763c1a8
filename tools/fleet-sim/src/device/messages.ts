import { buildPlist, isDict, parsePlist } from '@lamplighter/apple';
import type { PlistInput } from '@lamplighter/apple';
import type { Answer, Command } from './answer-command.ts';
import { nameOf, serialOf } from './device.ts';
import type { Device } from './device.ts';
import { magicOf, tokenOf, userIdOf } from './identity.ts';
import { seededBytes } from '../random.ts';

export const CHECK_IN = 'application/x-apple-aspen-mdm-checkin';
export const CONNECT = 'application/x-apple-aspen-mdm';

/** Who speaks: a device, or the channel of its user. */
export type Sender = Readonly<Record<'UDID', string> & Partial<Record<'UserID', string>>>;

export const senderOf = ({ udid }: Device): Sender => ({ UDID: udid });
export const userOf = (device: Device, seed: string): Sender => ({ UDID: device.udid, UserID: userIdOf(seed, device) });

export function authenticate(device: Device, topic: string): string {
  return buildPlist({
    MessageType: 'Authenticate',
    Topic: topic,
    UDID: device.udid,
    DeviceName: nameOf(device),
    ModelName: device.model.modelName,
    Model: device.model.model,
    ProductName: device.model.productName,
    SerialNumber: serialOf(device),
    OSVersion: device.version,
    BuildVersion: device.build,
  });
}

export function tokenUpdate(device: Device, topic: string, seed: string): string {
  return buildPlist({
    MessageType: 'TokenUpdate',
    Topic: topic,
    UDID: device.udid,
    AwaitingConfiguration: false,
    NotOnConsole: false,
    PushMagic: magicOf(seed, device),
    Token: tokenOf(seed, device.index, device.generation),
  });
}

/** A Mac's escrow after enrollment: with it the server may start updates on Apple silicon. */
export function setBootstrapToken(device: Device, seed: string): string {
  return buildPlist({
    MessageType: 'SetBootstrapToken',
    UDID: device.udid,
    AwaitingConfiguration: false,
    BootstrapToken: seededBytes(seed, 'bootstrap', device.index, device.generation),
  });
}

/** The user channel of a Mac: who logged in, and, once the server wants to manage that user, how to push there. */
export function userChannel(
  device: Device,
  topic: string,
  seed: string,
): [userAuthenticate: string, tokenUpdate: string] {
  const user = { UDID: device.udid, UserID: userIdOf(seed, device) };
  const names = { UserShortName: `user${device.index}`, UserLongName: `User ${device.index}` };
  return [
    buildPlist({ MessageType: 'UserAuthenticate', ...user }),
    buildPlist({
      MessageType: 'TokenUpdate',
      Topic: topic,
      ...user,
      ...names,
      NotOnConsole: false,
      PushMagic: magicOf(seed, device, 'user'),
      Token: tokenOf(seed, device.index, device.generation, 'user'),
    }),
  ];
}

export function checkOut(device: Device, topic: string): string {
  return buildPlist({ MessageType: 'CheckOut', Topic: topic, UDID: device.udid });
}

/** A question or a report of declarative management. */
export function declarativeManagement(who: Sender, endpoint: string, data?: string): string {
  return buildPlist({
    MessageType: 'DeclarativeManagement',
    ...who,
    Endpoint: endpoint,
    ...(data === undefined ? {} : { Data: Buffer.from(data) }),
  });
}

export const idle = (who: Sender): string => buildPlist({ ...who, Status: 'Idle' });

export function answerMessage(who: Sender, commandUuid: string, answer: Answer): string {
  return buildPlist({ ...who, CommandUUID: commandUuid, ...(answer as Record<string, PlistInput>) });
}

/** The command in a reply; undefined for an empty one. Throws when the body is neither. */
export function readCommand(body: Buffer, askedAt: number): Command | undefined {
  if (body.length === 0) return undefined;
  const message = parsePlist(body);
  const command = isDict(message) ? message['Command'] : undefined;
  const uuid = isDict(message) ? message['CommandUUID'] : undefined;
  const requestType = isDict(command) ? command['RequestType'] : undefined;
  if (!isDict(command) || typeof uuid !== 'string' || typeof requestType !== 'string') {
    throw new Error('the server sent a plist that is no command: CommandUUID, Command or RequestType is missing');
  }
  return { uuid, requestType, fields: command, askedAt };
}

/** Whether a 403 says that the device is unknown: it stops talking to this server then. */
export function isUnrecognized(body: Buffer): boolean {
  return body.includes('com.apple.unrecognized.device');
}
