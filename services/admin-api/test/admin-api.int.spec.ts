import { createHash } from 'node:crypto';
import { type Policy, policyPut } from '@lamplighter/contracts';
import { type RunningService, startService } from '@lamplighter/runtime';
import { type TestDatabase, testDatabase, testNats, testSettings } from '@lamplighter/testing';
import { AdminApiModule } from '../src/admin-api.module.ts';
import { config } from '../src/config.ts';

const TOKEN = 'lamp-test-token';
const POLICY = '6f1c1f5e-0000-8000-8000-000000000001';
const ROLLOUT = '6f1c1f5e-0000-8000-8000-000000000002';
const OCCURRENCE = '6f1c1f5e-0000-8000-8000-000000000003';
const BODY = '6f1c1f5e-0000-8000-8000-000000000004';
const COMMAND = '6f1c1f5e-0000-8000-8000-000000000005';
const TRACE = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;

const STAGE = `
  INSERT INTO update_scheduler.policy VALUES ('default','${POLICY}','nightly',1,'{"name":"nightly"}',false,'2026-11-20T00:00Z','2026-11-20T00:00Z');
  INSERT INTO update_scheduler.rollout VALUES ('default','${ROLLOUT}','${POLICY}',1,'running','2026-11-20T00:00Z','{"name":"nightly"}');
  INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, facts_at, updated_at)
    VALUES ('default','MAC-1',true,1,'macOS','2026-11-20T00:00Z','2026-11-20T00:00Z'), ('other','MAC-2',true,1,'macOS',NULL,'2026-11-20T00:00Z');
  INSERT INTO update_scheduler.device_update (tenant, rollout_id, device_id, occurrence_id, wave, state, platform, lane, target_version,
      target_build, command_seq, stops_at, commanded_at, updated_at, traceparent)
    VALUES ('default','${ROLLOUT}','MAC-1','${OCCURRENCE}',0,'commanded','macOS','mdm','26.1','25B78',3,'2026-11-20T05:30Z','2026-11-20T02:10Z','2026-11-20T02:10Z','${TRACE}');
  INSERT INTO command_queue.command_body VALUES ('default','${BODY}','ScheduleOSUpdate','<dict></dict>','2026-11-20T02:00Z');
  INSERT INTO command_queue.command_history (tenant, device_id, command_id, body_id, cause, priority, outcome, created_at, expires_at,
      push_count, sent_at, sent_count, not_now_count, finished_at, traceparent)
    VALUES ('default','MAC-1','${COMMAND}','${BODY}','${ROLLOUT}',10,'Acknowledged','2026-11-20T02:00Z','2026-11-20T05:30Z',1,'2026-11-20T02:05Z',1,0,'2026-11-20T02:06Z','${TRACE}');
  INSERT INTO update_scheduler.wave VALUES ('default','${OCCURRENCE}',0,'${ROLLOUT}','2026-11-20T02:00Z','2026-11-20T02:00Z',1);
`;

describe('admin-api', () => {
  let database: TestDatabase;
  let service: RunningService;

  const call = (path: string, init: RequestInit = {}, token: string | undefined = TOKEN) =>
    fetch(new URL(path, service.url), {
      ...init,
      headers: { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
    });

  beforeAll(async () => {
    database = await testDatabase();
    await database.admin.query({ text: STAGE });
    service = await startService('admin-api', AdminApiModule, config, {
      ...testSettings(testNats()),
      LAMP_DATABASE_URL: database.urlOf('admin_api'),
      LAMP_ADMIN_TOKEN_SHA256: createHash('sha256').update(TOKEN).digest('hex'),
    });
  });
  afterAll(async () => {
    await service?.stop();
    await database?.close();
  });

  it.each(['', 'some-other-token'])('refuses a request with the token "%s"', async (token) => {
    const answer = await call('/v1/policies', {}, token);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { code: 'api.unauthenticated', remedy: expect.any(String) } });
  });

  it('describes itself without a token', async () => {
    const answer = await call('/openapi.json', {}, '');
    const document = (await answer.json()) as { openapi: string; paths: object };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/v1/rollouts/{rolloutId}');
  });

  it('names the field, the value and the remedy of an impossible window, and changes nothing', async () => {
    const window = { start: '25:00', lengthMinutes: 60, stopBeforeMinutes: 90, zone: 'Mars/Olympus' };
    const answer = await call('/v1/policies', {
      method: 'POST',
      body: JSON.stringify({ name: 'x', windows: [window] }),
    });
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as { error: { fields: { path: string }[]; remedy: string } };
    expect(error.fields.map((field) => field.path)).toEqual([
      'windows.0.start',
      'windows.0.zone',
      'windows.0.stopBeforeMinutes',
    ]);
    expect(error.remedy).toBeTruthy();
    const { items } = (await (await call('/v1/policies')).json()) as { items: Policy[] };
    expect(items).toHaveLength(1);
  });

  it.each([
    '/v1/devices/%00',
    '/v1/devices/a%00b/commands',
    '/v1/devices?search=%00',
    '/v1/webhooks/%00',
    '/v1/commands/%00',
  ])('answers %s, which no database can hold, with 400', async (path) => {
    const answer = await call(path);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain('NUL');
  });

  it('says that a service is away rather than waiting for ever', async () => {
    const answer = await call('/v1/policies', { method: 'POST', body: JSON.stringify({ name: policyPut.name }) });
    expect(answer.status).toBe(503);
  });

  it('shows the newest versions of a large group, as many as an answer has room for', async () => {
    await database.admin.query({
      text: `INSERT INTO update_scheduler.spec_version (tenant, kind, id, version, name, spec, changed_at)
             SELECT 'default', 'group', 'large', v, 'large', jsonb_build_object('description', repeat('x', 900000)), '2026-11-20T00:00Z'
               FROM generate_series(1, 20) v`,
    });
    const { items } = (await (await call('/v1/groups/large/versions')).json()) as { items: { version: number }[] };
    expect(items.map(({ version }) => version)).toEqual(Array.from({ length: 17 }, (_, index) => 20 - index));
  });

  it('counts devices that are told by declaration as released', async () => {
    const rolloutId = '6f1c1f5e-0000-8000-8000-000000000009';
    await database.admin.query({
      text: `INSERT INTO update_scheduler.rollout VALUES ('default','${rolloutId}','${POLICY}',2,'aborted','2026-11-19T00:00Z','{"name":"nightly"}');
        INSERT INTO update_scheduler.device_update (tenant, rollout_id, device_id, occurrence_id, wave, state, platform, lane, target_version,
            target_build, command_seq, stops_at, commanded_at, updated_at)
          SELECT 'default', '${rolloutId}', id, '${OCCURRENCE}', 0, 'commanded', 'iOS', 'ddm', '26.1', '23B78', 0, '2026-11-20T05:30Z', at, '2026-11-20T02:10Z'
            FROM (VALUES ('TOLD-1', '2026-11-20T02:10Z'::timestamptz), ('TOLD-2', NULL)) v (id, at)`,
    });
    const { progress } = (await (await call(`/v1/rollouts/${rolloutId}`)).json()) as { progress: object };
    expect(progress).toMatchObject({ released: 1, commanded: 1 });
    await database.admin.query({ text: `DELETE FROM update_scheduler.rollout WHERE rollout_id = '${rolloutId}'` });
    await database.admin.query({
      text: `DELETE FROM update_scheduler.device_update WHERE rollout_id = '${rolloutId}'`,
    });
  });

  it('shows a rollout with its counts and no hand-over after the stop', async () => {
    const answer = await call(`/v1/rollouts/${ROLLOUT}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      policyName: 'nightly',
      devices: 1,
      states: { commanded: 1 },
      progress: { commanded: 1 },
    });
    const handOvers = await call(`/v1/rollouts/${ROLLOUT}/hand-overs`);
    expect(await handOvers.json()).toEqual({ lastAt: '2026-11-20T02:05:00.000Z', afterStop: 0 });
  });

  it("tells a device's story in order, with the trace id", async () => {
    const device = (await (await call('/v1/devices/MAC-1')).json()) as {
      timeline: { kind: string; traceId?: string }[];
      updates: { state: string }[];
    };
    expect(device.timeline.map((entry) => entry.kind)).toEqual(['queued', 'handed-over']);
    expect(device.timeline[0]?.traceId).toBe('ab'.repeat(16));
    expect(device.updates[0]?.state).toBe('commanded');
  });

  it("keeps another tenant's device out of sight", async () => {
    expect((await call('/v1/devices/MAC-2')).status).toBe(404);
    const { items } = (await (await call('/v1/devices')).json()) as { items: { deviceId: string }[] };
    expect(items.map((item) => item.deviceId)).toEqual(['MAC-1']);
  });

  it('shows of an answer with many errors the first ones: a device may send hundreds of such answers', async () => {
    await database.admin.query({
      text: `INSERT INTO status_ingestion.device (tenant, device_id, enrolled, generation, platform, updated_at)
               VALUES ('default','CHAIN',true,1,'macOS','2026-11-20T00:00Z');
             INSERT INTO status_ingestion.report (tenant, device_id, report_id, at, request_type, status, cause, observation, error_chain)
               SELECT 'default','CHAIN',gen_random_uuid(),now(),'DeviceInformation','Error','x','{"kind":"failed","explanation":"no"}',
                      jsonb_agg(jsonb_build_object('ErrorCode', n)) FROM generate_series(1, 100) n`,
    });
    const { timeline } = (await (await call('/v1/devices/CHAIN')).json()) as {
      timeline: { kind: string; text: string; errorChain: { ErrorCode: number }[] }[];
    };
    expect(timeline).toMatchObject([{ kind: 'answer', text: 'DeviceInformation answered Error: no' }]);
    expect(timeline[0]?.errorChain.map((link) => link.ErrorCode)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
