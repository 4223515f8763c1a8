import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { buildPlist, isDict, parsePlist, plistDictFragment } from '@lamplighter/apple';
import { basic, type Bed, startBed, TOKENS } from './bed.ts';

const UDID = '99385AF6-44CB-5621-A678-A321F4D9A2C8';
const STRANGER = 'E9085AF6-0000-5621-A678-000000000000';
const UUID = '0001fa56-8b1a-4f5a-9a3e-5d6c7b8a9e01';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
let bed: Bed;

const authorization = basic('micromdm', TOKENS.default);
const post = (body: object, path = '/v1/commands') =>
  bed.call(path, { method: 'POST', body: JSON.stringify(body), headers: FORM, authorization });

/** The Command dictionary that was queued last. */
const queued = () => parsePlist(`<plist version="1.0">${bed.puts.at(-1)!.group.bodies[0]!.command}</plist>`);

beforeAll(async () => {
  bed = await startBed((deviceId) => deviceId !== STRANGER);
});
afterAll(() => bed?.stop());
beforeEach(() => {
  bed.puts.length = 0;
  bed.gone.clear();
});

describe('POST /v1/commands', () => {
  it("queues an OS update and answers 201 with MicroMDM's payload", async () => {
    const updates = [
      {
        product_key: 'MSU_UPDATE_25B78_patch_26.1',
        product_version: '26.1',
        install_action: 'InstallASAP',
        max_user_deferrals: 3,
        priority: 'High',
      },
    ];
    const answer = await post({
      udid: UDID,
      request_type: 'ScheduleOSUpdate',
      command_uuid: UUID.toUpperCase(),
      updates,
    });
    expect(answer.status).toBe(201);
    expect(answer.header('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.text).toBe(`{
  "payload": {
    "command_uuid": "${UUID}",
    "command": {
      "request_type": "ScheduleOSUpdate",
      "updates": [
        {
          "product_key": "MSU_UPDATE_25B78_patch_26.1",
          "install_action": "InstallASAP",
          "max_user_deferrals": 3,
          "product_version": "26.1",
          "priority": "High"
        }
      ]
    }
  }
}
`);
    expect(queued()).toEqual({
      RequestType: 'ScheduleOSUpdate',
      Updates: [
        {
          ProductKey: 'MSU_UPDATE_25B78_patch_26.1',
          InstallAction: 'InstallASAP',
          MaxUserDeferrals: 3,
          ProductVersion: '26.1',
          Priority: 'High',
        },
      ],
    });
    expect(bed.puts[0]).toMatchObject({
      push: true,
      group: { commands: [{ deviceId: UDID, commandId: UUID }] },
    });
  });

  it.each([
    [
      { request_type: 'ScheduleOSUpdateScan', force: true },
      { RequestType: 'ScheduleOSUpdateScan', Force: true },
    ],
    [{ request_type: 'AvailableOSUpdates' }, { RequestType: 'AvailableOSUpdates' }],
    [{ request_type: 'OSUpdateStatus' }, { RequestType: 'OSUpdateStatus' }],
    [
      { request_type: 'DeviceInformation', queries: ['UDID', 'OSVersion'] },
      { RequestType: 'DeviceInformation', Queries: ['UDID', 'OSVersion'] },
    ],
    [
      { request_type: 'DeviceLock', pin: '123456', message: 'Bring me home', phone_number: '' },
      { RequestType: 'DeviceLock', PIN: '123456', Message: 'Bring me home' },
    ],
    [
      { request_type: 'EraseDevice', pin: '123456' },
      { RequestType: 'EraseDevice', PIN: '123456' },
    ],
    [
      { request_type: 'InstallProfile', payload: 'PGE+' },
      { RequestType: 'InstallProfile', Payload: Buffer.from('<a>') },
    ],
    [
      { request_type: 'RemoveProfile', identifier: 'x.y' },
      { RequestType: 'RemoveProfile', Identifier: 'x.y' },
    ],
    [
      { request_type: 'ClearPasscode', unlock_token: 'AQID' },
      { RequestType: 'ClearPasscode', UnlockToken: Buffer.from([1, 2, 3]) },
    ],
    [
      { request_type: 'InstalledApplicationList', managed_appd_only: true },
      { RequestType: 'InstalledApplicationList', ManagedAppsOnly: true },
    ],
    [
      { request_type: 'Settings', settings: [{ item: 'DeviceName', device_name: 'Desk 7' }] },
      { RequestType: 'Settings', Settings: [{ Item: 'DeviceName', DeviceName: 'Desk 7' }] },
    ],
    [
      { request_type: 'SetRecoveryLock', current_password: 'old', new_password: '' },
      { RequestType: 'SetRecoveryLock', CurrentPassword: 'old', NewPassword: '' },
    ],
    [
      { request_type: 'LOMDeviceRequest', request_list: [{ device_dns_name: 'a', lom_protocol_version: 1 }] },
      { RequestType: 'LOMDeviceRequest', RequestList: [{ DeviceDNSName: 'a', LOMProtocolVersion: 1 }] },
    ],
    [{ request_type: 'RestartDevice', unknown_field: 1 }, { RequestType: 'RestartDevice' }],
  ])('translates %j', async (request, command) => {
    const answer = await post({ udid: UDID, ...request });
    expect(answer.status).toBe(201);
    expect(queued()).toEqual(command);
    const { payload } = answer.json() as { payload: { command_uuid: string; command: { request_type: string } } };
    expect(payload.command.request_type).toBe(request.request_type);
    expect(payload.command_uuid).toBe(bed.puts[0]!.group.commands[0]!.commandId);
  });

  it.each([
    [{ udid: UDID, request_type: 'MakeCoffee' }, 400, /no request_type \\"MakeCoffee\\".*\/v1\/commands\/<udid>/],
    [{ request_type: 'RestartDevice' }, 400, /udid/],
    [{ udid: UDID }, 400, /request_type/],
    [{ udid: UDID, request_type: 'EraseDevice', pin: 123456 }, 400, /it is not a string/],
    [{ udid: UDID, request_type: 'InstallProfile', payload: '%%' }, 400, /base64/],
    [{ udid: UDID, request_type: 'RestartDevice', command_uuid: 'cmd-1' }, 400, /not a UUID/],
    [{ udid: STRANGER, request_type: 'RestartDevice' }, 404, /is not enrolled/],
  ])('refuses %j with %i and one text that says why', async (request, status, why) => {
    const answer = await post(request);
    expect(answer.status).toBe(status);
    expect(answer.json()).toEqual({ error: expect.stringMatching(/./) });
    expect(answer.text).toMatch(why);
    if (status === 400) expect(bed.puts).toEqual([]);
  });

  it('lets nobody in without a token', async () => {
    const answer = await bed.call('/v1/commands', {
      method: 'POST',
      body: '{}',
      authorization: basic('micromdm', 'x'),
    });
    expect(answer.status).toBe(401);
    expect(answer.header('www-authenticate')).toContain('Basic');
  });
});

describe('/v1/commands/{udid}', () => {
  it.each(['POST', 'PUT'])('%s queues a raw plist', async (method) => {
    const body = buildPlist({
      CommandUUID: UUID,
      Command: { RequestType: 'DeclarativeManagement', Data: Buffer.from('{}') },
    });
    const answer = await bed.call(`/v1/commands/${UDID}`, { method, body, headers: FORM, authorization });
    expect(answer.status).toBe(201);
    expect(answer.json()).toEqual({
      payload: { udid: UDID, command_uuid: UUID, command: { request_type: 'DeclarativeManagement' } },
    });
    expect(bed.puts[0]!.group.bodies[0]!.command).toBe(
      plistDictFragment({ RequestType: 'DeclarativeManagement', Data: Buffer.from('{}') }),
    );
  });

  it("GET shows its queue in MicroMDM's shape, without what a command holds", async () => {
    await bed.database.admin.query({
      text: `
      INSERT INTO command_queue.command_body VALUES ('default', '${UUID}', 'DeviceLock', '<dict><key>PIN</key><string>424242</string></dict>', '2026-11-20T02:00Z');
      INSERT INTO command_queue.command (tenant, device_id, command_id, body_id, cause, priority, state, created_at, expires_at, due_at)
        VALUES ('default', 'QUEUE-1', '${UUID}', '${UUID}', 'api:x', 0, 0, '2026-11-20T02:00Z', '2026-11-27T02:00Z', '2026-11-20T02:10Z');
      INSERT INTO command_queue.command_history (tenant, device_id, command_id, body_id, cause, priority, outcome, created_at, expires_at,
          push_count, sent_at, sent_count, not_now_count, finished_at)
        VALUES ('default', 'QUEUE-1', '${UUID.replace('01', '02')}', '${UUID}', 'api:x', 0, 'Acknowledged', '2026-11-20T01:00Z', '2026-11-27T02:00Z', 1,
          '2026-11-20T01:01Z', 1, 0, '2026-11-20T01:02Z')`,
    });
    const answer = await bed.call('/v1/commands/QUEUE-1', { authorization });
    expect(answer.status).toBe(200);
    const { device_command: view } = answer.json() as { device_command: Record<string, { Payload: string }[]> };
    expect(view).toMatchObject({
      DeviceUDID: 'QUEUE-1',
      Commands: [{ UUID, CreatedAt: '2026-11-20T02:00:00.000Z', LastSentAt: '0001-01-01T00:00:00Z', TimesSent: 0 }],
      Completed: [{ LastStatus: 'Acknowledged', Acknowledged: '2026-11-20T01:02:00.000Z', TimesSent: 1 }],
      Failed: [],
      NotNow: [],
    });
    const payload = parsePlist(Buffer.from(view['Commands']![0]!.Payload, 'base64'));
    expect(isDict(payload) && payload['Command']).toEqual({ RequestType: 'DeviceLock' });
    expect((await bed.call('/v1/commands/QUEUE-1', { authorization: basic('micromdm', TOKENS.other) })).status).toBe(
      404,
    );
  });

  it('DELETE clears its queue', async () => {
    const answer = await bed.call(`/v1/commands/${UDID}`, { method: 'DELETE', authorization });
    expect([answer.status, answer.json()]).toEqual([200, {}]);
    expect(bed.cleared).toEqual([{ tenant: 'default', deviceIds: [UDID] }]);
  });
});

describe('/push/{udid}', () => {
  it.each(['GET', 'POST'])('%s pushes one device', async (method) => {
    const answer = await bed.call(`/push/${UDID}`, { method, authorization });
    expect([answer.status, answer.json()]).toEqual([200, { status: 'success', push_notification_id: `APNS-${UDID}` }]);
    bed.gone.add(UDID);
    const failed = await bed.call(`/push/${UDID}`, { method, authorization });
    expect([failed.status, failed.json()]).toEqual([500, { error: expect.stringContaining('Unregistered') }]);
  });
});
