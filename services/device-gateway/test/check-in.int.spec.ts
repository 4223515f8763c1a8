import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  authenticateFixture,
  buildPlist,
  checkOutFixture,
  FIXTURE_USER_ID,
  getBootstrapTokenFixture,
  getTokenFixture,
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

/** The gateway alone; what devices are answered in the end is what `services/e2e/test/conformance` shows. */
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
      {
        deviceId: `DEVICE:${FIXTURE_USER_ID}`,
        kind: 'user',
        parentId: 'DEVICE',
        message: { userShortName: 'ann', userLongName: 'Ann Example', notOnConsole: true },
      },
      { deviceId: 'DEVICE:ann@example.org', kind: 'shared-ipad', parentId: 'DEVICE' },
      { deviceId: 'E:U', kind: 'user-enrollment', parentId: 'E' },
    ]);
  });

  it('passes on what the certificate of an Authenticate or TokenUpdate calls its holder, and when it ends', async () => {
    const seen = recorded();
    for (const make of [authenticateFixture, tokenUpdateFixture, checkOutFixture]) await checkIn(make('DEVICE'));
    expect(seen.map((each) => each.certificateNames)).toEqual([['Device'], ['Device'], undefined]);
    const [first, second, third] = seen.map(({ certificateEndsAt }) => certificateEndsAt);
    expect(Date.parse(first!)).toBeGreaterThan(Date.now());
    expect([second, third]).toEqual([first, undefined]);
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

  it('says 410 to a Mac where users are not managed', async () => {
    gateway.behind.checkIn = async () => ({ outcome: 'user-not-managed' });
    expect((await checkIn(userAuthenticateFixture('DEVICE'))).status).toBe(410);
  });

  it('has a device come again later that was given as many tokens as it gets for now', async () => {
    gateway.behind.checkIn = async () => ({ outcome: 'too-many-tokens' });
    const answer = await checkIn(
      message({ MessageType: 'GetToken', UDID: 'DEVICE', TokenServiceType: 'com.apple.maid' }),
    );
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '60']);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'checkin.too-many-tokens' });
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
