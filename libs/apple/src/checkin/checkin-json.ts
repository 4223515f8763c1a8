import type { CheckinMessage } from './messages.ts';

/** What an MDM server itself answers; the rest is for declarative management. */
export type ServerMessage = Exclude<CheckinMessage, { messageType: 'DeclarativeManagement' }>;

type Of<T extends ServerMessage['messageType']> = Extract<ServerMessage, { messageType: T }>;
type Awaiting = { awaitingConfiguration?: boolean };

/** A check-in message as JSON can hold it: data values in base64, and no more of a device than is needed to manage it. */
export type CheckinJson =
  | { type: 'Authenticate'; topic: string; facts: Omit<Of<'Authenticate'>['facts'], 'imei' | 'meid'> }
  | ({
      type: 'TokenUpdate';
      topic: string;
      token: string;
      pushMagic: string;
      unlockToken?: string;
      notOnConsole?: boolean;
      userShortName?: string;
      userLongName?: string;
    } & Awaiting)
  | ({ type: 'SetBootstrapToken'; bootstrapToken?: string } & Awaiting)
  | ({ type: 'GetBootstrapToken' } & Awaiting)
  | { type: 'GetToken'; serviceType: string }
  | { type: 'CheckOut' | 'UserAuthenticate' | 'ReturnToService' };

export function checkinJson(message: ServerMessage): CheckinJson {
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

function tokenUpdateOf(message: Of<'TokenUpdate'>): CheckinJson {
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

function awaiting({ awaitingConfiguration }: Awaiting): Awaiting {
  return awaitingConfiguration === undefined ? {} : { awaitingConfiguration };
}
