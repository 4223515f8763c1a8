import type { CheckinMessage } from '@lamplighter/apple';
import type { CheckIn } from '@lamplighter/contracts';

/** What the command queue keeps of a check-in; undefined for a type that is none of its own. */
export function queueMessageOf(
  message: Exclude<CheckinMessage, { messageType: 'DeclarativeManagement' }>,
): CheckIn['message'] | undefined {
  switch (message.messageType) {
    case 'Authenticate': {
      // The serial number tells a device apart well enough: its IMEI and MEID stay with it.
      const { imei: _imei, meid: _meid, ...facts } = message.facts;
      return { type: 'Authenticate', topic: message.topic, facts };
    }
    case 'TokenUpdate': {
      return {
        type: 'TokenUpdate',
        topic: message.topic,
        token: message.token.toString('base64'),
        pushMagic: message.pushMagic,
        ...(message.unlockToken === undefined ? {} : { unlockToken: message.unlockToken.toString('base64') }),
      };
    }
    case 'CheckOut':
      return { type: 'CheckOut' };
    case 'SetBootstrapToken':
      return message.bootstrapToken === undefined || message.bootstrapToken.length === 0
        ? { type: 'SetBootstrapToken' }
        : { type: 'SetBootstrapToken', bootstrapToken: message.bootstrapToken.toString('base64') };
    case 'GetBootstrapToken':
      return { type: 'GetBootstrapToken' };
    default:
      return undefined;
  }
}
