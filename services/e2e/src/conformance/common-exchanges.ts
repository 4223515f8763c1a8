import { expect } from '@jest/globals';
import { checkIn, command, connect, dictThat, document, type Exchange, nothing, refused } from './conversation.ts';
import { acknowledged, authenticate, declarative, idle, tokenUpdate, type Who } from './messages.ts';
import type { Dict } from './spelling.ts';

export const MAID_SERVER = '0B6B3E5C-0000-4000-8000-000000000001';
/** Every byte there is. */
export const BOOTSTRAP = Buffer.from(Array.from({ length: 256 }, (_, n) => n));

const EMPTY_ITEMS = { Declarations: { Activations: [], Configurations: [], Assets: [], Management: [] } };
const REPORT = { StatusItems: { device: { 'operating-system': { version: '15.7.1' } } }, Errors: [], FullReport: true };

/** From Authenticate until the server knows what it has to do with; the same for every kind of device. */
export function enrollment(who: Who, facts: { authenticate?: Dict; tokenUpdate?: Dict; answer: Dict }): Exchange[] {
  const { answer } = facts;
  return [
    checkIn('Authenticate', authenticate(who, facts.authenticate), nothing),
    connect('Idle before its TokenUpdate', idle(who), nothing),
    checkIn('TokenUpdate', tokenUpdate(who, { AwaitingConfiguration: true, ...facts.tokenUpdate }), nothing),
    connect('Idle', idle(who), command('DeviceInformation')),
    connect('the answer', acknowledged(who, 'DeviceInformation', answer), nothing),
  ];
}

/** What declarative management asks, of a channel without declarations. */
export function declarativeSync(who: Who): Exchange[] {
  return [
    checkIn('DeclarativeManagement tokens', declarative(who, 'tokens'), document('TokensResponse')),
    checkIn(
      'declaration-items',
      declarative(who, 'declaration-items'),
      document('DeclarationItemsResponse', EMPTY_ITEMS),
    ),
    checkIn(
      'a declaration that is gone',
      declarative(who, 'declaration/configuration/gone'),
      refused(404, 'ddm.unknown-declaration'),
    ),
    checkIn('an endpoint of a later OS', declarative(who, 'holograms'), refused(400, 'ddm.unknown-endpoint')),
    checkIn('status', declarative(who, 'status', REPORT), nothing),
  ];
}

/** Signed for the server that the world is told it is. */
export const isMaidToken = dictThat('200, a TokenData that Apple can read', ({ TokenData }) => {
  const [header, claims, signature] = String(TokenData).split('.') as [string, string, string];
  const part = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString());
  expect(part(header)).toEqual({ alg: 'RS256', typ: 'JWT' });
  expect(part(claims)).toMatchObject({ iss: MAID_SERVER, service_type: 'com.apple.maid' });
  expect(Buffer.from(signature, 'base64url')).toHaveLength(256);
});
