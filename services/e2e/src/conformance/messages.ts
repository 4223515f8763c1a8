import {
  acknowledgedFixture,
  authenticateFixture,
  checkOutFixture,
  errorFixture,
  getBootstrapTokenFixture,
  getTokenFixture,
  idleFixture,
  isDict,
  notNowFixture,
  parsePlist,
  returnToServiceFixture,
  setBootstrapTokenFixture,
  tokenUpdateFixture,
  userAuthenticateFixture,
} from '@lamplighter/apple';
import type { Exchange, Talk } from './conversation.ts';
import type { Dict } from './spelling.ts';

type Message = Exchange['message'];

const read = (bytes: Buffer): Dict => {
  const message = parsePlist(bytes);
  if (!isDict(message)) throw new Error('a message is a dict');
  return { ...message } as Dict;
};

/** Who speaks: a UDID, or the keys of another channel instead. */
export type Who = string | Dict;

/** A fixture's message as `who` says it. */
function as(who: Who, message: Dict, more: Dict = {}): Dict {
  const { UDID: _udid, ...rest } = message;
  return { ...rest, ...(typeof who === 'string' ? { UDID: who } : who), ...more };
}

const enrolling = (who: Who, fixture: Buffer, more: Dict): Message => {
  return ({ world }) => as(who, { ...read(fixture), Topic: world.fleet.pki.topic }, more);
};

export const authenticate = (who: Who, more: Dict = {}): Message => enrolling(who, authenticateFixture(), more);
export const tokenUpdate = (who: Who, more: Dict = {}): Message => enrolling(who, tokenUpdateFixture(), more);
export const checkOut = (who: Who): Message => enrolling(who, checkOutFixture(), {});
export const userAuthenticate = (who: Who, more: Dict = {}): Message => {
  // Its user is part of who speaks.
  const { UserID: _user, ...message } = read(userAuthenticateFixture());
  return () => as(who, message, more);
};
export const setBootstrapToken = (who: Who, token?: Uint8Array): Message => {
  return () => as(who, read(setBootstrapTokenFixture()), { BootstrapToken: token });
};
export const getBootstrapToken =
  (who: Who): Message =>
  () =>
    as(who, read(getBootstrapTokenFixture()));
export const getToken =
  (who: Who, more: Dict = {}): Message =>
  () =>
    as(who, read(getTokenFixture()), more);
export const returnToService =
  (who: Who): Message =>
  () =>
    as(who, read(returnToServiceFixture()));
export const declarative = (who: Who, endpoint: string, document?: object): Message => {
  const data = document === undefined ? {} : { Data: Buffer.from(JSON.stringify(document)) };
  return () => as(who, { MessageType: 'DeclarativeManagement', Endpoint: endpoint, ...data });
};

export const idle =
  (who: Who, more: Dict = {}): Message =>
  () =>
    as(who, read(idleFixture()), more);
/** To the newest command of this RequestType. */
export const acknowledged = (who: Who, requestType: string, more: Dict = {}): Message =>
  answering(requestType, (uuid) => as(who, read(acknowledgedFixture(uuid)), more));
export const notNow = (who: Who, requestType: string): Message =>
  answering(requestType, (uuid) => as(who, read(notNowFixture(uuid))));
export const failed = (who: Who, requestType: string, chain: readonly Dict[]): Message =>
  answering(requestType, (uuid) => as(who, read(errorFixture(uuid, [])), { ErrorChain: chain }));

function answering(requestType: string, make: (commandUuid: string) => Dict): Message {
  return (talk: Talk) => make(talk.handed(requestType));
}
