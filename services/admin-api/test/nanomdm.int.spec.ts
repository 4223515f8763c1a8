import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { buildPlist } from '@lamplighter/apple';
import { commandPut, pushNow } from '@lamplighter/contracts';
import { basic, type Bed, startBed, TOKENS } from './bed.ts';

const ONE = '99385AF6-44CB-5621-A678-A321F4D9A2C8';
const TWO = '7D8D1F0B-5A5B-4C4F-8D5A-0B6A6E6E2F11';
const STRANGER = 'E9085AF6-0000-5621-A678-000000000000';
let bed: Bed;
let serial = 0;

const newId = (): string => `0001fa56-8b1a-4f5a-9a3e-${String(++serial).padStart(12, '0')}`;
const plistOf = (commandUuid: string, more: object = {}): string =>
  buildPlist({ CommandUUID: commandUuid, Command: { RequestType: 'ProfileList', ...more } });

beforeAll(async () => {
  bed = await startBed((deviceId) => deviceId !== STRANGER);
});
afterAll(() => bed?.stop());
beforeEach(() => {
  bed.gone.clear();
  bed.puts.length = 0;
  bed.pushes.length = 0;
});

describe('PUT /v1/enqueue', () => {
  it('queues one command under one CommandUUID for all ids, pushes, and answers as NanoMDM does', async () => {
    const id = newId();
    const answer = await bed.call(`/v1/enqueue/${ONE},${TWO}`, { method: 'PUT', body: plistOf(id) });
    expect(answer.status).toBe(200);
    expect(answer.header('content-type')).toContain('application/json');
    expect(answer.text).toBe(
      `{\n\t"status": {\n\t\t"${ONE}": {\n\t\t\t"push_result": "APNS-${ONE}"\n\t\t},\n\t\t"${TWO}": {\n\t\t\t"push_result": "APNS-${TWO}"\n\t\t}\n\t},\n\t"command_uuid": "${id}",\n\t"request_type": "ProfileList"\n}\n`,
    );
    expect(bed.puts).toHaveLength(1);
    const { group, ...terms } = bed.puts[0]!;
    expect(terms).toEqual({ tenant: 'default', push: true, senderPushes: true, sentAt: expect.any(String) });
    expect(group.commands.map(({ deviceId, commandId }) => [deviceId, commandId])).toEqual([
      [ONE, id],
      [TWO, id],
    ]);
    expect(group.bodies).toEqual([
      {
        bodyId: group.commands[0]!.bodyId,
        requestType: 'ProfileList',
        command: '<dict><key>RequestType</key><string>ProfileList</string></dict>',
      },
    ]);
    expect(bed.pushes.map(({ deviceIds }) => deviceIds)).toEqual([[ONE, TWO]]);
  });

  it('takes what curl sends: a POST whose plist is called a form, or is called nothing', async () => {
    for (const headers of [{ 'content-type': 'application/x-www-form-urlencoded' }, {}] as Record<string, string>[]) {
      const sent = { method: 'POST', body: plistOf(newId(), { Note: 'a=b&c=d %41' }), headers };
      expect((await bed.call(`/v1/enqueue/${ONE}`, sent)).status).toBe(200);
    }
    expect(bed.puts.every(({ group }) => group.bodies[0]!.command.includes('a=b&amp;c=d %41'))).toBe(true);
  });

  it('pushes nobody with nopush, and leaves empty keys out', async () => {
    const id = newId();
    const answer = await bed.call(`/v1/enqueue/${ONE}?nopush=1`, { method: 'PUT', body: plistOf(id) });
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ no_push: true, command_uuid: id, request_type: 'ProfileList' });
    expect(bed.puts.map(({ push }) => push)).toEqual([false]);
    expect(bed.pushes).toEqual([]);
  });

  it('answers 207 where some ids failed, and names each failure', async () => {
    bed.gone.add(TWO);
    const id = newId();
    const answer = await bed.call(`/v1/enqueue/${ONE},${TWO},${STRANGER}`, { method: 'PUT', body: plistOf(id) });
    expect(answer.status).toBe(207);
    expect(answer.json()).toEqual({
      status: {
        [ONE]: { push_result: `APNS-${ONE}` },
        [TWO]: { push_error: 'the device is gone: no push until its next TokenUpdate (Unregistered)' },
        [STRANGER]: { command_error: `${STRANGER} is not enrolled` },
      },
      command_uuid: id,
      request_type: 'ProfileList',
    });
    expect(bed.pushes[0]!.deviceIds).toEqual([ONE, TWO]);
  });

  it('answers 500 where every id failed', async () => {
    const answer = await bed.call(`/v1/enqueue/${STRANGER}`, { method: 'PUT', body: plistOf(newId()) });
    expect(answer.status).toBe(500);
    expect(answer.json()).toMatchObject({ status: { [STRANGER]: { command_error: `${STRANGER} is not enrolled` } } });
  });

  it('takes a repeat of the same CommandUUID for done', async () => {
    const sent = { method: 'PUT', body: plistOf(newId()) };
    expect((await bed.call(`/v1/enqueue/${ONE}`, sent)).status).toBe(200);
    expect((await bed.call(`/v1/enqueue/${ONE}`, sent)).status).toBe(200);
  });

  it('serves 2,500 ids of one call in groups of 1,000', async () => {
    const ids = Array.from({ length: 2500 }, (_, n) => `00008103-${String(n).padStart(27, '0')}`);
    const answer = await bed.call(`/v1/enqueue/${ids.join(',')}`, { method: 'PUT', body: plistOf(newId()) });
    expect(answer.status).toBe(200);
    expect(Object.keys((answer.json() as { status: object }).status)).toEqual(ids);
    expect(bed.puts.map(({ group }) => group.commands.length)).toEqual([1000, 1000, 500]);
    expect(bed.pushes.map(({ deviceIds }) => deviceIds.length)).toEqual([1000, 1000, 500]);
  });

  it.each([
    [
      'a CommandUUID that is none',
      buildPlist({ CommandUUID: 'lock-1', Command: { RequestType: 'X' } }),
      /"lock-1\\" is not a UUID/,
    ],
    ['no CommandUUID', buildPlist({ Command: { RequestType: 'X' } }), /no CommandUUID/],
    ['no RequestType', buildPlist({ CommandUUID: ONE, Command: {} }), /RequestType/],
    ['no plist', '{"RequestType":"X"}', /not an XML plist/],
    ['no body', '', /not an XML plist/],
  ])('refuses %s with 400 and says so', async (_what, body, why) => {
    const answer = await bed.call(`/v1/enqueue/${ONE}`, { method: 'PUT', body });
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(why);
    expect(Object.keys(answer.json() as object)).toEqual(['command_error']);
    expect(bed.puts).toEqual([]);
  });

  it('refuses a command that the broker cannot carry with 413 and the limit', async () => {
    const body = plistOf(newId(), { Payload: Buffer.alloc(600 * 1024) });
    const answer = await bed.call(`/v1/enqueue/${ONE}`, { method: 'PUT', body });
    expect(answer.status).toBe(413);
    expect(answer.text).toContain('655360 is the most');
  });

  it('carries a large command to many devices in messages that the broker takes', async () => {
    const ids = Array.from({ length: 1500 }, (_, n) => `00008103-${String(n).padStart(27, '0')}`);
    const body = plistOf(newId(), { Payload: Buffer.alloc(450 * 1024) });
    const answer = await bed.call(`/v1/enqueue/${ids.join(',')}`, { method: 'PUT', body });
    expect(answer.status).toBe(200);
    expect(bed.puts.flatMap(({ group }) => group.commands)).toHaveLength(1500);
  });
});

describe('who may', () => {
  it.each([
    ['no token', undefined],
    ['a wrong token', basic('nanomdm', 'wrong')],
    ['no password', basic('nanomdm', '')],
    ['something broken', 'Basic !'],
  ])('is not one with %s: 401 with a challenge', async (_who, authorization) => {
    const answer = await bed.call(`/v1/push/${ONE}`, { authorization });
    expect(answer.status).toBe(401);
    expect(answer.header('www-authenticate')).toBe('Basic realm="lamplighter"');
    expect(bed.pushes).toEqual([]);
  });

  it.each([basic('micromdm', TOKENS.default), basic('anybody', TOKENS.default), `Bearer ${TOKENS.default}`])(
    'is one with %s',
    async (authorization) => {
      expect((await bed.call(`/v1/push/${ONE}`, { authorization })).status).toBe(200);
    },
  );

  it("asks in the token's own tenant alone", async () => {
    const authorization = basic('nanomdm', TOKENS.other);
    const answer = await bed.call(`/v1/enqueue/${ONE}`, { method: 'PUT', body: plistOf(newId()), authorization });
    expect(answer.status).toBe(500);
    expect(bed.puts.map(({ tenant }) => tenant)).toEqual(['other']);
  });

  it('leaves an audit row that holds no command', async () => {
    const body = buildPlist({ CommandUUID: newId(), Command: { RequestType: 'DeviceLock', PIN: '424242' } });
    await bed.call(`/v1/enqueue/${ONE}`, { method: 'PUT', body });
    const rows = await bed.database.admin.query<{ subject: string; detail: object }>({
      text: `SELECT subject, detail FROM admin_api.audit WHERE action = 'command.put' ORDER BY at DESC LIMIT 1`,
    });
    expect(rows).toEqual([{ subject: ONE, detail: expect.objectContaining({ requestType: 'DeviceLock' }) }]);
    expect(JSON.stringify(rows)).not.toContain('424242');
  });
});

describe('the other routes', () => {
  it.each(['GET', 'PUT', 'POST'])('%s /v1/push answers for each id', async (method) => {
    bed.gone.add(TWO);
    const answer = await bed.call(`/v1/push/${ONE},${TWO}`, { method });
    expect(answer.status).toBe(207);
    expect(answer.json()).toEqual({
      status: { [ONE]: { push_result: `APNS-${ONE}` }, [TWO]: { push_error: expect.stringContaining('Unregistered') } },
    });
  });

  it('stores a push certificate and shows topic and expiry', async () => {
    const body = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
    const stored = await bed.call('/v1/pushcert', { method: 'PUT', body });
    expect(stored.status).toBe(200);
    expect(stored.text).toBe(
      '{\n\t"topic": "com.apple.mgmt.External.test",\n\t"not_after": "2027-11-22T00:00:00Z"\n}\n',
    );
    const refused = await bed.call('/v1/pushcert', { method: 'POST', body: 'nothing' });
    expect([refused.status, refused.json()]).toEqual([400, { error: 'there is no certificate in it' }]);
    await bed.database.admin.query({
      text: `INSERT INTO apns_push.push_certificate (tenant, topic, sealed_pem, not_after, uploaded_at)
             VALUES ('default', 'T1', '\\x00', '2027-01-01T00:00:00Z', now()), ('other', 'T2', '\\x00', '2027-01-01T00:00:00Z', now())`,
    });
    const shown = await bed.call('/v1/pushcert?topic=T1');
    expect([shown.status, shown.json()]).toEqual([200, { topic: 'T1', not_after: '2027-01-01T00:00:00Z' }]);
    expect((await bed.call('/v1/pushcert?topic=T2')).status).toBe(404);
    expect((await bed.call('/v1/pushcert')).status).toBe(400);
  });

  it('tells its version without a token', async () => {
    const answer = await bed.call('/version', { authorization: undefined });
    expect([answer.status, answer.text]).toEqual([200, '{\n\t"version": "0.1.0"\n}\n']);
  });
});

describe('while a service is away', () => {
  it('says what failed as a whole', async () => {
    await bed.away(pushNow);
    const id = newId();
    const pushless = await bed.call(`/v1/enqueue/${ONE}`, { method: 'PUT', body: plistOf(id) });
    expect(pushless.status).toBe(500);
    expect(pushless.json()).toEqual({
      push_error: expect.stringContaining('push.now'),
      command_uuid: id,
      request_type: 'ProfileList',
    });
    await bed.away(commandPut);
    const queueless = await bed.call(`/v1/enqueue/${ONE}?nopush=1`, { method: 'PUT', body: plistOf(id) });
    expect(queueless.status).toBe(500);
    expect(queueless.json()).toEqual({
      no_push: true,
      command_error: expect.stringContaining('command.put'),
      command_uuid: id,
      request_type: 'ProfileList',
    });
  });
});
