import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { authenticateFixture, buildPlist, checkOutFixture, parsePlist, tokenUpdateFixture } from '@lamplighter/apple';
import type { CheckIn } from '@lamplighter/contracts';
import { CHECK_IN, CONNECT, put, startGateway } from './gateway.ts';
import type { Gateway } from './gateway.ts';

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

  it('passes Authenticate, TokenUpdate and CheckOut on', async () => {
    const seen = recorded();
    const bodies = [authenticateFixture('DEVICE'), tokenUpdateFixture('DEVICE'), checkOutFixture('DEVICE')];
    for (const body of bodies) expect(await checkIn(body)).toMatchObject({ status: 200, body: '' });
    expect(seen.map((each) => [each.deviceId, each.kind, each.message.type])).toEqual([
      ['DEVICE', 'device', 'Authenticate'],
      ['DEVICE', 'device', 'TokenUpdate'],
      ['DEVICE', 'device', 'CheckOut'],
    ]);
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
    expect(await checkIn(get)).toMatchObject({ status: 200, body: '' });
    gateway.behind.checkIn = async () => ({
      outcome: 'ok',
      bootstrapToken: Buffer.from('secret').toString('base64'),
    });
    const answer = await checkIn(get);
    expect(answer).toMatchObject({ status: 200, type: 'application/xml' });
    expect(parsePlist(answer.body)).toEqual({ BootstrapToken: Buffer.from('secret') });
  });

  it('says 410 to UserAuthenticate and 400 to GetToken', async () => {
    expect((await checkIn(message({ MessageType: 'UserAuthenticate', UserID: 'U' }))).status).toBe(410);
    const getToken = message({ MessageType: 'GetToken', TokenServiceType: 'com.apple.maid' });
    expect((await checkIn(getToken)).status).toBe(400);
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
