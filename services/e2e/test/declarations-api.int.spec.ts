import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectBroker, streamOf, type Broker } from '@lamplighter/messaging';
import { commandEnqueue } from '@lamplighter/contracts';
import { type RunningService, startService } from '@lamplighter/runtime';
import { silentLog, type TestDatabase, testDatabase, testNats, testSettings, waitFor } from '@lamplighter/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { createHash } from 'node:crypto';
import { AdminApiModule } from '../../admin-api/src/admin-api.module.ts';
import { config as adminConfig } from '../../admin-api/src/config.ts';
import { config as ddmConfig } from '../../ddm/src/config.ts';
import { DdmModule } from '../../ddm/src/ddm.module.ts';

const TOKEN = 'kmfddm-api-key';
const TYPE = 'com.apple.configuration.management.test';

/** KMFDDM's API and NanoMDM's `-dm` hook, on the two services that serve them. */
describe("another MDM server's declarations", () => {
  const nats = testNats();
  let database: TestDatabase;
  let ddm: RunningService;
  let admin: RunningService;
  let broker: Broker;

  beforeAll(async () => {
    database = await testDatabase();
    const env = {
      ...testSettings(nats),
    };
    ddm = await startService('ddm', DdmModule, ddmConfig, { ...env, LAMP_DATABASE_URL: database.urlOf('ddm') });
    admin = await startService('admin-api', AdminApiModule, adminConfig, {
      ...env,
      LAMP_DATABASE_URL: database.urlOf('admin_api'),
      LAMP_ADMIN_TOKEN_SHA256: createHash('sha256').update(TOKEN).digest('hex'),
    });
    broker = await connectBroker({ ...nats, service: 'test', log: silentLog, replicas: 1, maxBytes: 67_108_864 });
  });
  afterAll(async () => {
    await broker?.close();
    await admin?.stop();
    await ddm?.stop();
    await database?.close();
  });

  async function call(
    path: string,
    { method = 'GET', body, headers }: { method?: string; body?: unknown; headers?: object } = {},
  ) {
    const answer = await fetch(new URL(path, admin.url), {
      method,
      headers: { authorization: `Basic ${Buffer.from(`kmfddm:${TOKEN}`).toString('base64')}`, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as unknown,
    };
  }
  const statusOf = async (path: string, method: string, body?: unknown) => (await call(path, { method, body })).status;
  const hook = (path: string, body?: unknown) =>
    call(`/v1/ddm/${path}`, {
      headers: { 'x-enrollment-id': 'UDID-1', 'x-enrollment-type': 'Device' },
      ...(body === undefined ? {} : { method: 'PUT', body }),
    });
  const enqueued = async () =>
    (await (await jetstreamManager(broker.nc)).streams.info(streamOf(nats.prefix, commandEnqueue))).state.messages;
  const one = { Identifier: 'com.example.test', Type: TYPE, Payload: { Echo: 'hello' }, ServerToken: 'ignored' };
  const act = {
    Identifier: 'com.example.act',
    Type: 'com.apple.activation.simple',
    Payload: { StandardConfigurations: [one.Identifier] },
  };

  it('are put, listed and shown; 304 where nothing changed', async () => {
    expect(await statusOf('/v1/declarations', 'PUT', one)).toBe(204);
    expect(await statusOf('/v1/declarations', 'PUT', one)).toBe(304);
    const { Identifier: _, ...unnamed } = act;
    expect(await statusOf('/v1/declarations/com.example.act', 'PUT', unnamed)).toBe(204);
    expect((await call('/v1/declarations')).body).toEqual(['com.example.act', 'com.example.test']);
    expect((await call('/v1/declarations/com.example.test')).body).toEqual({
      Identifier: one.Identifier,
      Type: TYPE,
      Payload: one.Payload,
      ServerToken: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
  });

  it('with a fault are refused with what is wrong', async () => {
    const wrong = await call('/v1/declarations', { method: 'PUT', body: { ...one, Payload: { Echo: 1 } } });
    expect(wrong).toMatchObject({ status: 400, body: { error: expect.stringContaining('payload.Echo is no string') } });
    expect(await statusOf('/v1/declarations', 'PUT', 'no JSON')).toBe(400);
    expect(await statusOf('/v1/declarations/other', 'PUT', one)).toBe(400);
    expect(await statusOf('/v1/declarations', 'PUT', { ...one, Identifier: 'a b' })).toBe(400);
    expect((await call('/v1/declarations/none')).status).toBe(404);
    expect((await call('/v1/declarations', { headers: { authorization: 'Basic eDp5' } })).status).toBe(401);
    expect((await call('/v1/declarations')).body).toHaveLength(2);
  });

  it('come to devices by sets, with one notification at a time and none for `nonotify`', async () => {
    for (const { Identifier } of [one, act]) {
      expect(await statusOf(`/v1/set-declarations/base?declaration=${Identifier}&nonotify=1`, 'PUT')).toBe(204);
    }
    expect(await statusOf('/v1/set-declarations/base?declaration=com.example.test', 'PUT')).toBe(304);
    expect((await call('/v1/sets')).body).toEqual(['base']);
    expect((await call('/v1/set-declarations/base')).body).toEqual(['com.example.act', 'com.example.test']);
    expect((await call('/v1/declaration-sets/com.example.test')).body).toEqual(['base']);
    expect(await statusOf('/v1/enrollment-sets/UDID-1?set=base&nonotify=true', 'PUT')).toBe(204);
    expect(await enqueued()).toBe(0);
    expect(await statusOf('/v1/enrollment-sets/UDID-2?set=base', 'PUT')).toBe(204);
    expect(await statusOf('/v1/enrollment-sets/UDID-2?set=base', 'PUT')).toBe(304);
    expect((await call('/v1/enrollment-sets/UDID-2')).body).toEqual(['base']);
    await waitFor('the command', async () => ((await enqueued()) === 1 ? true : undefined));
    expect(await statusOf('/v1/notify?id=UDID-1', 'POST')).toBe(204);
    await waitFor('the second', async () => ((await enqueued()) === 2 ? true : undefined));
  });

  it('are served to its devices through the hook', async () => {
    const items = await hook('declaration-items');
    expect(items.body).toMatchObject({
      Declarations: {
        Activations: [{ Identifier: act.Identifier }],
        Configurations: [{ Identifier: one.Identifier }],
        Assets: [],
        Management: [],
      },
    });
    const { DeclarationsToken } = items.body as { DeclarationsToken: string };
    expect((await hook('tokens')).body).toMatchObject({ SyncTokens: { DeclarationsToken } });
    expect((await hook('declaration/configuration/com.example.test')).body).toMatchObject({ Payload: one.Payload });
    expect((await hook('declaration/asset/com.example.test')).status).toBe(404);
  });

  it('are shown for a device: what it has, for which causes, and whether it has fetched that', async () => {
    const shown = async (id: string) => (await call(`/v1/device-declarations/${id}`)).body;
    expect(await shown('UDID-1')).toMatchObject({
      servedBy: 'lamplighter',
      capabilities: 'unknown',
      identifiers: ['com.example.act', 'com.example.test'],
      leftOut: [],
      isInSync: true,
      syncedAt: expect.any(String),
      assignments: [{ cause: 'set:base', set: 'base', since: expect.any(String) }],
    });
    expect(await shown('UDID-2')).toMatchObject({ servedBy: 'unknown', isInSync: null, syncedAt: null });
    await database.admin.query({
      text: `INSERT INTO command_queue.enrollment (tenant, device_id, kind, status, topic, certificate_hash, generation, facts, authenticated_at, source)
             VALUES ('default', 'UDID-2', 'device', 'enrolled', 'topic', '\\x00', 1, '{}', now(), 'nano')`,
    });
    expect(await shown('UDID-2')).toMatchObject({ servedBy: 'elsewhere', source: 'nano' });
    expect((await call('/v1/device-declarations/nobody')).status).toBe(404);
  });

  it('have a status once their device reports', async () => {
    const { ServerToken } = (await call('/v1/declarations/com.example.test')).body as { ServerToken: string };
    const declared = (identifier: string, token: string, valid: string) => ({
      identifier,
      'server-token': token,
      active: valid === 'valid',
      valid,
      ...(valid === 'valid' ? {} : { reasons: [{ code: 'Error.MissingConfigurations', description: 'so' }] }),
    });
    const report = {
      StatusItems: {
        device: { identifier: { 'serial-number': 'ZMX24NJ671' }, 'operating-system': { version: '26.1' } },
        management: {
          declarations: {
            activations: [declared(act.Identifier, 'old', 'invalid')],
            configurations: [declared(one.Identifier, ServerToken, 'valid'), declared('made-up', 'x', 'valid')],
            assets: [],
            management: [],
          },
        },
      },
      Errors: [{ StatusItem: 'passcode.is-present', Reasons: [{ Code: 'Error.NotSupported' }] }],
      FullReport: true,
    };
    expect((await hook('status', report)).status).toBe(200);
    expect(
      (await hook('status', { StatusItems: { device: { 'operating-system': { version: '26.2' } } }, Errors: [] }))
        .status,
    ).toBe(200);
    const { body: statuses } = await call('/v1/declaration-status/UDID-1,UDID-2');
    expect(statuses).toEqual({
      'UDID-1': [
        expect.objectContaining({ identifier: act.Identifier, active: false, valid: 'invalid', current: false }),
        {
          identifier: one.Identifier,
          active: true,
          valid: 'valid',
          'server-token': ServerToken,
          ManifestType: 'configurations',
          current: true,
          status_received: expect.stringMatching(/Z$/),
          status_id: (await call('/v1/status-report/UDID-1?index=1')).headers.get('x-status-report-id'),
        },
      ],
      'UDID-2': [],
    });
    const { body: values } = await call('/v1/status-values/UDID-1?prefix=.StatusItems.device.%25');
    expect(values).toEqual({
      'UDID-1': expect.arrayContaining([
        expect.objectContaining({ path: '.StatusItems.device.operating-system.version', value: '26.2' }),
        expect.objectContaining({ path: '.StatusItems.device.identifier.serial-number', value: 'ZMX24NJ671' }),
      ]),
    });
    expect((await call('/v1/status-errors/UDID-1')).body).toMatchObject({
      'UDID-1': [
        { path: '.Errors', error: report.Errors[0] },
        { path: '.StatusItems.management.declarations.activations', error: { identifier: act.Identifier } },
      ],
    });
    const newest = await call('/v1/status-report/UDID-1');
    expect(newest.body).toMatchObject({ StatusItems: { device: { 'operating-system': { version: '26.2' } } } });
    expect((await call('/v1/status-report/UDID-1?index=1')).body).toEqual(report);
    const id = newest.headers.get('x-status-report-id');
    expect((await call(`/v1/status-report/UDID-1?status_id=${id}`)).body).toEqual(newest.body);
    expect((await call('/v1/status-report/UDID-1?index=7')).status).toBe(404);
  });

  it('are deleted once no set holds them, and gone from devices that had them', async () => {
    expect(await statusOf('/v1/declarations/com.example.act', 'DELETE')).toBe(409);
    expect(await statusOf('/v1/set-declarations/base?declaration=com.example.act', 'DELETE')).toBe(204);
    expect(await statusOf('/v1/declarations/com.example.act', 'DELETE')).toBe(204);
    expect(await statusOf('/v1/declarations/com.example.act', 'DELETE')).toBe(304);
    expect((await hook('declaration/activation/com.example.act')).status).toBe(404);
    expect(await statusOf('/v1/declarations/com.example.test/touch', 'POST')).toBe(204);
    expect(await statusOf('/v1/enrollment-sets-all/UDID-1', 'DELETE')).toBe(204);
    expect(await statusOf('/v1/enrollment-sets-all/sets/UDID-1', 'DELETE')).toBe(304);
    expect(await statusOf('/v1/enrollment-sets/UDID-1?set=base', 'DELETE')).toBe(304);
    expect((await hook('declaration/configuration/com.example.test')).status).toBe(404);
  });
});
