import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  authenticateFixture,
  buildPlist,
  checkOutFixture,
  FIXTURE_USER_ID,
  getBootstrapTokenFixture,
  getTokenFixture,
  idleFixture,
  parsePlist,
  returnToServiceFixture,
  setBootstrapTokenFixture,
  SHARED_IPAD_USER_ID,
  tokenUpdateFixture,
  userAuthenticateFixture,
  userTokenUpdateFixture,
} from '@lamplighter/apple';
import type { CheckIn } from '@lamplighter/contracts';
import { CHECK_IN, CONNECT, put, startGateway } from './gateway.ts';
import type { Gateway } from './gateway.ts';

/** Every check-in message but DeclarativeManagement, as devices send them. */
const FIXTURES = [
  authenticateFixture,
  tokenUpdateFixture,
  userAuthenticateFixture,
  userTokenUpdateFixture,
  setBootstrapTokenFixture,
  getBootstrapTokenFixture,
  getTokenFixture,
  returnToServiceFixture,
  checkOutFixture,
];

describe('check-ins', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());
  afterEach(() => {
    for (const name of Object.keys(gateway.behind)) delete gateway.behind[name as keyof Gateway['behind']];
    jest.restoreAllMocks();
  });
  const checkIn = (body: Buffer, type = CHECK_IN) => put(gateway, body, { signedBy: gateway.device, type });
  const message = (dict: Parameters<typeof buildPlist>[0] & object) =>
    Buffer.from(buildPlist({ UDID: 'DEVICE', ...dict }));
  const recorded = (): CheckIn[] => {
    const seen: CheckIn[] = [];
    gateway.behind.checkIn = async (input) => {
      seen.push(input);
      return { outcome: 'ok' };
    };
    return seen;
  };

  it('passes every message on as what it is', async () => {
    const seen = recorded();
    const answers = [];
    for (const make of FIXTURES) answers.push((await checkIn(make('DEVICE'))).status);
    expect(answers).toEqual(FIXTURES.map(() => 200));
    expect(seen.map((each) => [each.deviceId, each.kind, each.message.type])).toEqual([
      ['DEVICE', 'device', 'Authenticate'],
      ['DEVICE', 'device', 'TokenUpdate'],
      [`DEVICE:${FIXTURE_USER_ID}`, 'user', 'UserAuthenticate'],
      [`DEVICE:${FIXTURE_USER_ID}`, 'user', 'TokenUpdate'],
      ['DEVICE', 'device', 'SetBootstrapToken'],
      ['DEVICE', 'device', 'GetBootstrapToken'],
      ['DEVICE', 'device', 'GetToken'],
      ['DEVICE', 'device', 'ReturnToService'],
      ['DEVICE', 'device', 'CheckOut'],
    ]);
  });

  it('passes on whom and what a TokenUpdate tells of', async () => {
    const seen = recorded();
    await checkIn(tokenUpdateFixture('DEVICE', { AwaitingConfiguration: true, UnlockToken: Buffer.from('u') }));
    await checkIn(userTokenUpdateFixture('DEVICE', { NotOnConsole: true }));
    await checkIn(tokenUpdateFixture('DEVICE', { UserID: SHARED_IPAD_USER_ID, UserShortName: 'ann@example.org' }));
    await checkIn(tokenUpdateFixture('DEVICE', { UDID: undefined, EnrollmentID: 'E', EnrollmentUserID: 'U' }));
    expect(seen).toMatchObject([
      { message: { awaitingConfiguration: true, unlockToken: Buffer.from('u').toString('base64') } },
      { message: { userShortName: 'ann', userLongName: 'Ann Example', notOnConsole: true } },
      { deviceId: 'DEVICE:ann@example.org', kind: 'shared-ipad', parentId: 'DEVICE' },
      { deviceId: 'E:U', kind: 'user-enrollment', parentId: 'E' },
    ]);
  });

  it('passes on what the certificate of an Authenticate or TokenUpdate calls its holder', async () => {
    const seen = recorded();
    for (const make of [authenticateFixture, tokenUpdateFixture, checkOutFixture]) await checkIn(make('DEVICE'));
    expect(seen.map((each) => each.certificateNames)).toEqual([['Device'], ['Device'], undefined]);
  });

  it('passes the message on for others to follow, without its secrets', async () => {
    const seen = recorded();
    const secret = Buffer.from('SECRET');
    await checkIn(tokenUpdateFixture('DEVICE', { Token: secret, PushMagic: 'SECRET', UnlockToken: secret, Future: 1 }));
    await checkIn(setBootstrapTokenFixture('DEVICE', { BootstrapToken: secret }));
    await checkIn(userAuthenticateFixture('DEVICE', { DigestResponse: 'SECRET' }));
    const payloads = seen.map((each) => parsePlist(each.payload!));
    expect(payloads).toMatchObject([
      { MessageType: 'TokenUpdate', UDID: 'DEVICE', Future: 1 },
      { MessageType: 'SetBootstrapToken' },
      { MessageType: 'UserAuthenticate', UserID: FIXTURE_USER_ID },
    ]);
    for (const { payload } of seen) expect(payload).not.toMatch(/SECRET|U0VDUkVU/);
  });

  it('refuses a check-in of a size that none has', async () => {
    const seen = recorded();
    expect((await checkIn(authenticateFixture('DEVICE', { Future: 'x'.repeat(262_144) }))).status).toBe(413);
    expect(seen).toEqual([]);
  });

  it('takes a check-in with the content type of the ServerURL', async () => {
    const seen = recorded();
    expect((await checkIn(authenticateFixture('DEVICE'), CONNECT)).status).toBe(200);
    expect(seen).toHaveLength(1);
  });

  it('passes a user channel on as one, below its device', async () => {
    const seen = recorded();
    await checkIn(tokenUpdateFixture('DEVICE', { UserID: 'USER', UserShortName: 'ann' }));
    expect(seen).toMatchObject([{ deviceId: 'DEVICE:USER', parentId: 'DEVICE', kind: 'user' }]);
  });

  it('stores, deletes and gives back a bootstrap token', async () => {
    const seen = recorded();
    await checkIn(message({ MessageType: 'SetBootstrapToken', BootstrapToken: Buffer.from('secret') }));
    await checkIn(message({ MessageType: 'SetBootstrapToken' }));
    expect(seen.map((each) => each.message)).toEqual([
      { type: 'SetBootstrapToken', bootstrapToken: Buffer.from('secret').toString('base64') },
      { type: 'SetBootstrapToken' },
    ]);
    const get = message({ MessageType: 'GetBootstrapToken' });
    expect(parsePlist((await checkIn(get)).body)).toEqual({});
    gateway.behind.checkIn = async () => ({
      outcome: 'ok',
      bootstrapToken: Buffer.from('secret').toString('base64'),
    });
    const answer = await checkIn(get);
    expect(answer).toMatchObject({ status: 200, type: 'application/xml' });
    expect(parsePlist(answer.body)).toEqual({ BootstrapToken: Buffer.from('secret') });
  });

  it('wants no digest of a user, and says 410 where users are not managed', async () => {
    const asked = userAuthenticateFixture('DEVICE');
    const first = await checkIn(asked);
    expect(first).toMatchObject({ status: 200, type: 'application/xml' });
    expect(parsePlist(first.body)).toEqual({ DigestChallenge: '' });
    expect((await checkIn(userAuthenticateFixture('DEVICE', { DigestResponse: 'd' }))).status).toBe(200);
    gateway.behind.checkIn = async () => ({ outcome: 'user-not-managed' });
    expect((await checkIn(asked)).status).toBe(410);
  });

  it('gives a token for a service that there is, and says 400 to others', async () => {
    const tokenData = Buffer.from('a.b.c');
    gateway.behind.checkIn = async () => ({ outcome: 'ok', tokenData: tokenData.toString('base64') });
    expect(parsePlist((await checkIn(getTokenFixture('DEVICE'))).body)).toEqual({ TokenData: tokenData });
    gateway.behind.checkIn = async () => ({ outcome: 'unknown-token-service' });
    const refused = await checkIn(getTokenFixture('DEVICE', { TokenServiceType: 'com.example' }));
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'checkin.token-service-unknown' });
  });

  it('lets no device erase itself for return to service', async () => {
    const answer = await checkIn(returnToServiceFixture('DEVICE'));
    expect(parsePlist(answer.body)).toEqual({ ReturnToService: { Enabled: false } });
  });

  it('does not make a device leave for a user channel that is not known', async () => {
    gateway.behind.checkIn = async () => ({ outcome: 'unrecognized' });
    gateway.behind.sync = async () => ({ status: 403, body: '{"code":"com.apple.unrecognized.device"}' });
    gateway.behind.exchange = async () => [{ outcome: 'unrecognized' }];
    const user = { UserID: FIXTURE_USER_ID };
    const answers = [
      await checkIn(userTokenUpdateFixture('DEVICE')),
      await checkIn(message({ MessageType: 'DeclarativeManagement', Endpoint: 'tokens', ...user })),
      await checkIn(idleFixture('DEVICE', user), CONNECT),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(answers.map(({ body }) => body).join()).not.toContain('com.apple.unrecognized.device');
    const device = await checkIn(message({ MessageType: 'DeclarativeManagement', Endpoint: 'tokens' }));
    expect(device.body).toContain('com.apple.unrecognized.device');
  });

  it('refuses a device that is not enrolled, and one with another certificate', async () => {
    gateway.behind.checkIn = async () => ({ outcome: 'unrecognized' });
    expect(await checkIn(tokenUpdateFixture())).toMatchObject({
      status: 403,
      body: '{"code":"com.apple.unrecognized.device"}',
    });
    gateway.behind.checkIn = async () => ({ outcome: 'wrong-certificate' });
    expect(JSON.parse((await checkIn(tokenUpdateFixture())).body)).toMatchObject({ code: 'device.wrong-certificate' });
  });

  it('names the missing key of a check-in and logs no token', async () => {
    const warn = jest.spyOn(gateway.log, 'warn');
    const answer = await checkIn(tokenUpdateFixture('DEVICE', { PushMagic: undefined, Token: Buffer.from('SECRET') }));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({
      code: 'checkin.missing-key',
      message: expect.stringContaining('PushMagic'),
    });
    expect(JSON.stringify(warn.mock.calls)).toContain('checkin.missing-key');
    expect(JSON.stringify(warn.mock.calls)).not.toMatch(/SECRET|U0VDUkVU/);
  });

  it('passes declarative management on and its status back', async () => {
    const declarative = (endpoint: string, data?: string) =>
      checkIn(
        message({
          MessageType: 'DeclarativeManagement',
          Endpoint: endpoint,
          Data: data === undefined ? undefined : Buffer.from(data),
        }),
      );
    gateway.behind.sync = async ({ endpoint, data }) => ({ status: 200, body: JSON.stringify({ endpoint, data }) });
    const tokens = await declarative('tokens');
    expect(tokens).toMatchObject({ status: 200, body: '{"endpoint":"tokens"}' });
    expect(tokens.type).toMatch(/^application\/json/);
    expect((await declarative('status', '{"a":1}')).body).toBe('{"endpoint":"status","data":"{\\"a\\":1}"}');
    gateway.behind.sync = async () => ({ status: 404 });
    expect((await declarative('declaration/asset/x')).status).toBe(404);
    gateway.behind.sync = async () => ({ status: 401 });
    expect((await declarative('tokens')).status).toBe(503);
    expect((await declarative('status', 'x'.repeat(1_000_001))).status).toBe(413);
  });
});
