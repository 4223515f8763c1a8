import { describe, expect, it } from '@jest/globals';
import {
  authenticateFixture,
  checkOutFixture,
  FIXTURE_TOPIC,
  FIXTURE_UDID,
  FIXTURE_USER_ID,
  returnToServiceFixture,
  setBootstrapTokenFixture,
  tokenUpdateFixture,
  userTokenUpdateFixture,
} from '../fixtures/messages.ts';
import { buildPlist } from '../plist/build.ts';
import { parsePlist } from '../plist/parse.ts';
import type { PlistInput } from '../plist/plist-value.ts';
import { CheckinError } from './checkin-error.ts';
import { enrollmentIdOf, SHARED_IPAD_USER_ID } from './enrollment-id.ts';
import { parseCheckin } from './parse-checkin.ts';

const read = (dict: PlistInput) => parseCheckin(parsePlist(buildPlist(dict)));
const UDID = FIXTURE_UDID;

function refusal(dict: PlistInput): { code: string; key: string | undefined; message: string } {
  try {
    read(dict);
  } catch (error) {
    if (error instanceof CheckinError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('check-in messages', () => {
  it('Authenticate brings what the device tells of itself', () => {
    expect(parseCheckin(parsePlist(authenticateFixture()))).toEqual({
      messageType: 'Authenticate',
      ids: { udid: UDID },
      topic: FIXTURE_TOPIC,
      facts: {
        deviceName: 'Mac 0001',
        model: 'MacBookPro18,3',
        modelName: 'MacBook Pro',
        productName: 'MacBookPro18,3',
        serialNumber: 'FIXTURE00001',
        osVersion: '13.6.1',
        buildVersion: '22G313',
      },
    });
  });

  it('TokenUpdate brings token and magic, and the unlock token where there is one', () => {
    expect(parseCheckin(parsePlist(tokenUpdateFixture()))).toEqual({
      messageType: 'TokenUpdate',
      ids: { udid: UDID },
      topic: FIXTURE_TOPIC,
      token: Buffer.alloc(32, 0x5a),
      pushMagic: 'FIXTURE-PUSH-MAGIC',
      awaitingConfiguration: false,
    });
    const unlock = tokenUpdateFixture(UDID, { UnlockToken: Buffer.from('u') });
    expect(parseCheckin(parsePlist(unlock))).toHaveProperty('unlockToken', Buffer.from('u'));
  });

  it('the others bring their keys', () => {
    expect(parseCheckin(parsePlist(checkOutFixture()))).toMatchObject({
      messageType: 'CheckOut',
      topic: FIXTURE_TOPIC,
    });
    expect(read({ MessageType: 'UserAuthenticate', UDID, UserID: 'U', DigestResponse: 'd' })).toMatchObject({
      digestResponse: 'd',
    });
    expect(read({ MessageType: 'SetBootstrapToken', UDID, BootstrapToken: Buffer.from('b') })).toMatchObject({
      bootstrapToken: Buffer.from('b'),
    });
    expect(read({ MessageType: 'SetBootstrapToken', UDID })).toEqual({
      messageType: 'SetBootstrapToken',
      ids: { udid: UDID },
    });
    expect(read({ MessageType: 'GetBootstrapToken', UDID })).toEqual({
      messageType: 'GetBootstrapToken',
      ids: { udid: UDID },
    });
    expect(read({ MessageType: 'GetToken', UDID, TokenServiceType: 'com.apple.maid' })).toMatchObject({
      tokenServiceType: 'com.apple.maid',
    });
    expect(
      read({
        MessageType: 'DeclarativeManagement',
        UDID,
        Endpoint: 'status',
        Data: Buffer.from('{}'),
      }),
    ).toMatchObject({
      endpoint: 'status',
      data: Buffer.from('{}'),
    });
  });

  it('of user channels bring who the user is, and whether anybody waits', () => {
    expect(parseCheckin(parsePlist(userTokenUpdateFixture(UDID, { NotOnConsole: true })))).toMatchObject({
      ids: { udid: UDID, userId: FIXTURE_USER_ID, userShortName: 'ann', userLongName: 'Ann Example' },
      notOnConsole: true,
    });
    expect(parseCheckin(parsePlist(setBootstrapTokenFixture(UDID, { AwaitingConfiguration: true })))).toMatchObject({
      awaitingConfiguration: true,
    });
  });

  it('ReturnToService brings who asks', () => {
    expect(parseCheckin(parsePlist(returnToServiceFixture()))).toEqual({
      messageType: 'ReturnToService',
      ids: { udid: UDID },
    });
  });

  it('may have keys that nobody knows yet', () => {
    expect(read({ MessageType: 'GetBootstrapToken', UDID, Future: { a: 1 } })).not.toHaveProperty('Future');
  });
});

describe('check-in messages that are refused', () => {
  it('have an unknown type', () => {
    const error = refusal({ MessageType: 'Teleport', UDID });
    expect(error.code).toBe('checkin.unknown-message-type');
    expect(error.message).not.toContain('Teleport');
  });

  it('lack a key, or have one of the wrong type: the error names it', () => {
    expect(refusal({ UDID })).toMatchObject({ code: 'checkin.missing-key', key: 'MessageType' });
    expect(refusal({ MessageType: 'Authenticate', UDID })).toMatchObject({
      code: 'checkin.missing-key',
      key: 'Topic',
    });
    const update = { MessageType: 'TokenUpdate', UDID, Topic: 't', PushMagic: 'm' };
    expect(refusal(update)).toMatchObject({ code: 'checkin.missing-key', key: 'Token' });
    expect(refusal({ ...update, Token: 'text' })).toMatchObject({
      code: 'checkin.invalid-key',
      key: 'Token',
    });
    expect(refusal({ ...update, Token: Buffer.alloc(0) })).toMatchObject({
      code: 'checkin.invalid-key',
      key: 'Token',
    });
    expect(refusal({ MessageType: 'UserAuthenticate', UDID })).toMatchObject({ key: 'UserID' });
    expect(refusal([])).toMatchObject({ code: 'checkin.not-a-dict' });
  });

  it('have a push address that no push could take: it would end the connection on which all are pushed', () => {
    const update = {
      MessageType: 'TokenUpdate',
      UDID,
      Topic: 't',
      Token: Buffer.alloc(512),
      PushMagic: 'm'.repeat(1024),
    };
    expect(read(update)).toMatchObject({ messageType: 'TokenUpdate' });
    expect(refusal({ ...update, Token: Buffer.alloc(513) })).toMatchObject({
      code: 'checkin.invalid-key',
      key: 'Token',
    });
    expect(refusal({ ...update, PushMagic: 'm'.repeat(1025) })).toMatchObject({
      code: 'checkin.invalid-key',
      key: 'PushMagic',
    });
  });

  it('have a topic that is none', () => {
    const said = { MessageType: 'Authenticate', UDID, Topic: 't'.repeat(255) };
    expect(read(said)).toMatchObject({ messageType: 'Authenticate' });
    expect(refusal({ ...said, Topic: 't'.repeat(256) })).toMatchObject({ code: 'checkin.invalid-key', key: 'Topic' });
  });

  it('have no id, two ids, or one that could be mistaken for a user channel', () => {
    const message = { MessageType: 'GetBootstrapToken' };
    expect(refusal(message)).toMatchObject({ code: 'checkin.missing-key', key: 'UDID' });
    expect(refusal({ ...message, UDID, EnrollmentID: 'E' })).toMatchObject({
      code: 'checkin.invalid-key',
      key: 'EnrollmentID',
    });
    for (const bad of ['', 'A:B', 'a b', 'x'.repeat(101)]) {
      expect(refusal({ ...message, UDID: bad })).toMatchObject({
        code: 'checkin.invalid-key',
        key: 'UDID',
      });
    }
    expect(refusal({ ...message, UDID, UserID: 5 })).toMatchObject({ key: 'UserID' });
    expect(refusal({ ...message, UDID, UserID: SHARED_IPAD_USER_ID })).toMatchObject({
      code: 'checkin.missing-key',
      key: 'UserShortName',
    });
  });
});

describe('the id of an enrollment', () => {
  const idOf = (keys: Record<string, string>) => enrollmentIdOf(read({ MessageType: 'GetBootstrapToken', ...keys }));

  it('is the UDID, or UDID:UserID on the user channel', () => {
    expect(idOf({ UDID })).toEqual({ deviceId: UDID, kind: 'device' });
    expect(idOf({ UDID, UserID: 'U1', UserShortName: 'ann' })).toEqual({
      deviceId: `${UDID}:U1`,
      kind: 'user',
      parentId: UDID,
    });
  });

  it('is UDID:UserShortName on Shared iPad', () => {
    expect(idOf({ UDID, UserID: SHARED_IPAD_USER_ID, UserShortName: 'ann@example.org' })).toEqual({
      deviceId: `${UDID}:ann@example.org`,
      kind: 'shared-ipad',
      parentId: UDID,
    });
  });

  it('is the EnrollmentID on user enrollments', () => {
    expect(idOf({ EnrollmentID: 'E1' })).toEqual({ deviceId: 'E1', kind: 'user-enrollment' });
    expect(idOf({ EnrollmentID: 'E1', EnrollmentUserID: 'U1' })).toEqual({
      deviceId: 'E1:U1',
      kind: 'user-enrollment',
      parentId: 'E1',
    });
  });
});
