import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { buildPlist } from '@lamplighter/apple';
import { CommandBatch, CommandPage, SentCommand } from '@lamplighter/contracts';
import { type Bed, startBed, TOKENS } from './bed.ts';

const STRANGER = 'STRANGER-1';
const JSON_TYPE = { 'content-type': 'application/json' };
const authorization = `Bearer ${TOKENS.default}`;
const theirs = `Bearer ${TOKENS.other}`;
let bed: Bed;

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  bed.call(path, { method: 'POST', body: JSON.stringify(body), headers: { ...JSON_TYPE, ...headers }, authorization });
const get = (path: string, as = authorization) => bed.call(path, { authorization: as });
const id = (n: number) => `0001fa56-8b1a-4f5a-9a3e-${String(n).padStart(12, '0')}`;
const page = async (path: string) => CommandPage.parse((await get(path)).json());

beforeAll(async () => {
  bed = await startBed((deviceId) => !deviceId.startsWith('STRANGER'));
  await bed.database.admin.query({
    text: `
    INSERT INTO command_queue.enrollment (tenant, device_id, kind, status, topic, certificate_hash, generation, facts, authenticated_at, enrolled_at)
      VALUES ('default', 'MAC-1', 'device', 'enrolled', 'T', '\\x00', 1, '{}', now(), now()),
             ('default', 'MAC-2', 'device', 'enrolled', 'T', '\\x01', 1, '{}', now(), now());
    INSERT INTO command_queue.command_body VALUES ('default', '${id(0)}', 'DeviceLock', '<dict></dict>', now()),
             ('default', '${id(1)}', 'ProfileList', '<dict></dict>', now());
    INSERT INTO command_queue.command (tenant, device_id, command_id, body_id, cause, priority, state, created_at, not_before, expires_at, due_at)
      VALUES ('default', 'MAC-1', '${id(10)}', '${id(0)}', 'api:x', 0, 0, '2026-11-20T02:00Z', NULL, '2036-11-27T02:00Z', '2026-11-20T02:10Z'),
             ('default', 'MAC-1', '${id(11)}', '${id(1)}', 'api:x', 20, 0, '2026-11-20T01:00Z', NULL, '2036-11-27T02:00Z', '2026-11-20T02:10Z');
    INSERT INTO command_queue.command_history (tenant, device_id, command_id, body_id, cause, priority, outcome, created_at, expires_at,
        push_count, sent_count, not_now_count, finished_at)
      SELECT 'default', 'MAC-1', ('0001fa56-8b1a-4f5a-9a3e-0000000001' || lpad(n::text, 2, '0'))::uuid, '${id(1)}', 'api:x', 20, 'Acknowledged',
             '2026-11-19T01:00Z', '2026-11-27T02:00Z', 1, 1, 0, '2026-11-19T02:00Z' FROM generate_series(1, 5) n`,
  });
});
afterAll(() => bed?.stop());
beforeEach(() => {
  bed.puts.length = 0;
});

describe('POST /v1/devices/{id}/commands', () => {
  const command = { RequestType: 'InstallProfile', Payload: { $data: 'PGE+' } };

  it('queues a command on its terms', async () => {
    const terms = {
      notBefore: '2036-01-01T00:00:00Z',
      expiresAt: '2036-01-02T00:00:00Z',
      purpose: 'wifi',
      retries: 2,
      push: false,
    };
    const answer = await post('/v1/devices/MAC-1/commands', { command, ...terms });
    expect(answer.status).toBe(201);
    const sent = SentCommand.parse(answer.json());
    expect(sent).toMatchObject({ outcome: 'queued', requestType: 'InstallProfile', expiresAt: terms.expiresAt });
    const { push, ...ofGroup } = terms;
    expect(bed.puts).toMatchObject([{ tenant: 'default', push, group: { ...ofGroup, cause: 'api:first-token' } }]);
    expect(bed.puts[0]!.group.bodies[0]!.command).toContain('<data>PGE+</data>');
    expect(bed.puts[0]!.group.commands).toMatchObject([{ deviceId: 'MAC-1', commandId: sent.commandId }]);
  });

  it('queues once under one Idempotency-Key, and gives it seven days', async () => {
    const key = { 'idempotency-key': 'ticket 4711' };
    const first = SentCommand.parse((await post('/v1/devices/MAC-1/commands', { command }, key)).json());
    const again = SentCommand.parse((await post('/v1/devices/MAC-1/commands', { command }, key)).json());
    expect([first.outcome, again.outcome]).toEqual(['queued', 'known']);
    expect(again.commandId).toBe(first.commandId);
    expect(Date.parse(first.expiresAt) - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
    const other = SentCommand.parse((await post('/v1/devices/MAC-1/commands', { command })).json());
    expect(other.commandId).not.toBe(first.commandId);
  });

  it('takes a plist', async () => {
    const plist = buildPlist({ RequestType: 'SecurityInfo' });
    expect((await post('/v1/devices/MAC-1/commands', { plist })).status).toBe(201);
    expect(bed.puts[0]!.group.bodies[0]).toMatchObject({ requestType: 'SecurityInfo' });
  });

  it.each([
    [{}, 'command'],
    [{ command, plist: '<plist/>' }, 'command'],
    [{ command: { Payload: 1 } }, 'command.RequestType'],
    [{ command: { RequestType: 'X', Payload: { $data: '%' } } }, 'command.Payload'],
    [{ plist: 'no plist' }, '(whole)'],
    [{ command, expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ command, notBefore: '2036-01-02T00:00:00Z', expiresAt: '2036-01-01T00:00:00Z' }, 'notBefore'],
    [{ command, retries: 99 }, 'retries'],
  ])('refuses %j, names the field and queues nothing', async (body, path) => {
    const answer = await post('/v1/devices/MAC-1/commands', body);
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({ error: { fields: [{ path }], remedy: expect.any(String) } });
    expect(bed.puts).toEqual([]);
  });

  it("passes on the queue's refusal", async () => {
    const answer = await post(`/v1/devices/${STRANGER}/commands`, { command });
    expect(answer.status).toBe(404);
    expect(answer.json()).toMatchObject({ error: { message: expect.stringContaining('is not enrolled') } });
  });
});

describe('POST /v1/command-batches', () => {
  it('answers for each device', async () => {
    const deviceIds = [...Array.from({ length: 1100 }, (_, n) => `BATCH-${n}`), STRANGER, 'BATCH-0'];
    const answer = await post('/v1/command-batches', { deviceIds, command: { RequestType: 'ProfileList' } });
    expect(answer.status).toBe(200);
    const batch = CommandBatch.parse(answer.json());
    expect(batch).toMatchObject({ queued: 1100, known: 0, refused: 1, failed: 0, requestType: 'ProfileList' });
    expect(batch.results).toHaveLength(1101);
    expect(batch.results.at(-1)).toMatchObject({ deviceId: STRANGER, refusal: { reason: 'unrecognized' } });
    expect(bed.puts.map(({ group }) => group.commands.length)).toEqual([1000, 101]);
    expect(new Set(bed.puts.map(({ group }) => group.bodies[0]!.bodyId)).size).toBe(1);
  });
});

describe('GET /v1/devices/{id}/commands', () => {
  it('says why each pending one waits', async () => {
    const { items, next } = await page('/v1/devices/MAC-1/commands?state=pending');
    expect(next).toBeNull();
    expect(items.map(({ requestType, lane, waiting }) => [requestType, lane, waiting?.reason])).toEqual([
      ['DeviceLock', 'security', 'no-push-certificate'],
      ['ProfileList', 'inventory', 'behind'],
    ]);
    expect(items[1]!.waiting?.detail).toContain('behind 1 command (1 of a sooner lane), first of them DeviceLock');
  });

  it('goes page by page through what waits and what has ended', async () => {
    const seen: string[] = [];
    let cursor = '';
    for (let pages = 1; ; pages++) {
      const { items, next } = await page(`/v1/devices/MAC-1/commands?limit=3&cursor=${encodeURIComponent(cursor)}`);
      seen.push(...items.map(({ commandId }) => commandId));
      if (next === null) {
        expect(pages).toBe(3);
        break;
      }
      cursor = next;
    }
    expect(seen).toEqual([id(10), id(11), id(105), id(104), id(103), id(102), id(101)]);
  });

  it('has nothing of an enrolled device without commands, and refuses strangers, others and broken cursors', async () => {
    expect(await page('/v1/devices/MAC-2/commands')).toEqual({ items: [], next: null });
    expect((await get(`/v1/devices/${STRANGER}/commands`)).status).toBe(404);
    expect((await get('/v1/devices/MAC-1/commands', theirs)).status).toBe(404);
    expect((await get('/v1/devices/MAC-1/commands?cursor=x')).status).toBe(400);
  });
});

describe('DELETE', () => {
  it.each([
    [1, 200, { commandId: id(1), outcome: 'cancelled' }],
    [2, 409, { error: expect.objectContaining({ code: 'command.conflict' }) }],
    [3, 404, { error: expect.objectContaining({ code: 'command.not-found' }) }],
  ])('takes back command %i: %i', async (n, status, body) => {
    const answer = await bed.call(`/v1/devices/MAC-1/commands/${id(n)}`, { method: 'DELETE', authorization });
    expect([answer.status, answer.json()]).toEqual([status, body]);
    expect(bed.cancelled.at(-1)).toEqual({ tenant: 'default', deviceId: 'MAC-1', commandId: id(n) });
  });

  it('clears a queue', async () => {
    const answer = await bed.call('/v1/devices/MAC-1/commands', { method: 'DELETE', authorization: theirs });
    expect([answer.status, answer.json()]).toEqual([200, { cleared: 2, inHand: 1 }]);
    expect(bed.cleared.at(-1)).toEqual({ tenant: 'other', deviceIds: ['MAC-1'] });
  });
});
