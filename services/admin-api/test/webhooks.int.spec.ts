import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  commandAnswered,
  derivedUuid,
  deviceCheckedIn,
  message,
  type Webhook,
  type WebhookDeliveryPage,
} from '@lamplighter/contracts';
import { Answers, Broker, connectBroker, JetStreamPublisher, PublishWindow } from '@lamplighter/messaging';
import { type RunningService, startService } from '@lamplighter/runtime';
import { silentLog, type TestDatabase, testDatabase, testNats, testSettings, waitFor } from '@lamplighter/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { AdminApiModule } from '../src/admin-api.module.ts';
import { config } from '../src/config.ts';
import { SweepDeliveries } from '../src/steps/sweep-deliveries.ts';
import { WebhookTarget } from './webhook-target.ts';

const TOKEN = 'lamp-test-token';
const OTHER = 'lamp-other-token';
const SECRET = 'webhook-key';
const hash = (token: string) => createHash('sha256').update(token).digest('hex');

describe('webhooks', () => {
  const nats = testNats();
  const services: RunningService[] = [];
  const targets: WebhookTarget[] = [];
  let database: TestDatabase;
  let service: RunningService;
  let broker: Broker;
  let publisher: JetStreamPublisher;
  let batches = 0;

  const start = async () => {
    const started = await startService('admin-api', AdminApiModule, config, {
      ...testSettings(nats),
      LAMP_DATABASE_URL: database.urlOf('admin_api'),
      LAMP_ADMIN_TOKEN_SHA256: hash(TOKEN),
      LAMP_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
      LAMP_WEBHOOK_TIMEOUT_SECONDS: '3',
      LAMP_WEBHOOK_ATTEMPTS: '2',
      LAMP_WEBHOOK_BACKLOG: '100',
    });
    services.push(started);
    return started;
  };
  const call = async <T>(
    path: string,
    method = 'GET',
    body?: object,
    token = TOKEN,
  ): Promise<{ status: number; body: T }> => {
    const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) };
    const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    const answer = await fetch(new URL(path, service.url), init);
    return { status: answer.status, body: (await answer.json()) as T };
  };
  const target = async () => {
    const made = await new WebhookTarget().start();
    targets.push(made);
    return made;
  };
  const listening = async () => {
    const manager = await jetstreamManager(broker.nc);
    const names = await manager.consumers.list(`${nats.prefix.toUpperCase()}_EVENTS`).next();
    return names.map((each) => each.name);
  };
  const put = async (name: string, spec: object) => {
    const { status, body } = await call<Webhook>(`/v1/webhooks/${name}`, 'PUT', spec);
    expect(status).toBe(200);
    return body;
  };
  const show = async (name: string) => (await call<Webhook>(`/v1/webhooks/${name}`)).body;
  const answered = (deviceId: string, n: number, more: object = {}) => ({
    deviceId,
    commandId: derivedUuid('spec', deviceId, n),
    requestType: 'DeviceInformation',
    cause: 'spec',
    status: 'Acknowledged' as const,
    receivedAt: new Date().toISOString(),
    payload: { xml: `<plist>${n}</plist>` },
    ...more,
  });
  const publish = (items: ReturnType<typeof answered>[], tenant = 'default') =>
    publisher.publish(
      commandAnswered,
      message(commandAnswered, { id: `spec-${nats.prefix}-${batches++}`, tenant, at: new Date() }, items),
      items[0]!.deviceId,
    );

  beforeAll(async () => {
    database = await testDatabase();
    await database.admin.query(
      {
        text: `INSERT INTO admin_api.api_token (token_hash, tenant, name, created_at) VALUES ($1, 'other', 'other', now())`,
      },
      [hash(OTHER)],
    );
    broker = await connectBroker({ ...nats, service: 'test', log: silentLog, replicas: 1, maxBytes: 67_108_864 });
    publisher = new JetStreamPublisher(new PublishWindow(broker), broker.prefix);
  });
  beforeEach(async () => {
    service = await start();
  });
  afterEach(async () => {
    await Promise.all(services.splice(0).map((each) => each.stop()));
    await Promise.all(targets.splice(0).map((each) => each.stop()));
    await database.admin.query({ text: 'DELETE FROM admin_api.webhook' });
  });
  afterAll(async () => {
    await broker.close();
    await database.close();
  });

  it('tell of answers and check-ins in the MicroMDM format, signed, and of nothing before they were made', async () => {
    const hook = await target();
    await publish([answered('BEFORE', 1, { receivedAt: new Date(Date.now() - 1_000).toISOString() })]);
    const made = await put('tools', { url: hook.url, secret: SECRET });
    expect(made).toMatchObject({ name: 'tools', signed: true, enabled: true, waiting: 0 });
    expect(JSON.stringify(made)).not.toContain(SECRET);
    const large = await new Answers(broker, { replicas: 1 }).pack(Buffer.alloc(200_000, 'x'));
    expect(large).toHaveProperty('gzip');
    const ref = { ref: await new Answers(broker, { replicas: 1 }).putLarge(Buffer.from('<plist>large</plist>')) };
    await publish([answered('A', 1), answered('A', 2, { payload: large }), answered('B', 1, { payload: ref })]);
    await publisher.publish(
      deviceCheckedIn,
      message(deviceCheckedIn, { id: `c-${nats.prefix}`, tenant: 'default', at: new Date() }, [
        {
          deviceId: 'C',
          kind: 'device',
          messageType: 'TokenUpdate',
          tokenUpdateTally: 3,
          at: new Date().toISOString(),
          payload: '<plist/>',
        },
      ]),
      'C',
    );
    await waitFor('four events', () => hook.taken.length === 4);
    const byDevice = Map.groupBy(hook.taken, (event) => (event.acknowledge_event ?? event.checkin_event)!.udid);
    expect([...byDevice.keys()].toSorted()).toEqual(['A', 'B', 'C']);
    expect(byDevice.get('A')!.map((event) => event.acknowledge_event!.command_uuid)).toEqual([
      derivedUuid('spec', 'A', 1),
      derivedUuid('spec', 'A', 2),
    ]);
    const plain = (event: string | undefined) => Buffer.from(event!, 'base64').toString();
    expect(plain(byDevice.get('A')![1]!.acknowledge_event!.raw_payload)).toHaveLength(200_000);
    expect(plain(byDevice.get('B')![0]!.acknowledge_event!.raw_payload)).toBe('<plist>large</plist>');
    expect(byDevice.get('C')![0]).toMatchObject({ topic: 'mdm.TokenUpdate', checkin_event: { token_update_tally: 3 } });
    expect(hook.bodies.map((_, index) => hook.isSigned(index, SECRET))).toEqual([true, true, true, true]);
    await waitFor('nothing kept', async () => (await show('tools')).waiting === 0);
    const kept = await database.admin.query({
      text: `SELECT * FROM admin_api.webhook WHERE encode(sealed_secret, 'escape') LIKE '%${SECRET}%'`,
    });
    expect(kept).toEqual([]);
    const audit = await database.admin.query({ text: `SELECT * FROM admin_api.audit` });
    expect(JSON.stringify(audit)).not.toContain(SECRET);
  });

  it('get the same event under the same id, keep tenants apart, and choose topics', async () => {
    const [hook, checkIns, stranger] = [await target(), await target(), await target()];
    await put('answers', { url: hook.url, topics: ['mdm.Connect'] });
    await put('check-ins', { url: checkIns.url, topics: ['mdm.CheckOut'] });
    await call('/v1/webhooks/answers', 'PUT', { url: stranger.url }, OTHER);
    await publish([answered('A', 1)]);
    await waitFor('the event', async () => hook.taken.length === 1 && (await show('answers')).waiting === 0);
    await publish([answered('A', 1, { receivedAt: new Date().toISOString() }), answered('A', 2)]);
    await waitFor('its repeat', () => hook.taken.length === 3);
    expect(hook.taken[1]!.event_id).toBe(hook.taken[0]!.event_id);
    expect(hook.taken[2]!.event_id).not.toBe(hook.taken[0]!.event_id);
    expect([checkIns.taken, stranger.taken]).toEqual([[], []]);
    expect((await call('/v1/webhooks/check-ins', 'GET', undefined, OTHER)).status).toBe(404);
    expect((await call<{ items: Webhook[] }>('/v1/webhooks', 'GET', undefined, OTHER)).body.items).toHaveLength(1);
  });

  it('wait for a target that fails, hangs, dies or redirects, while others get theirs', async () => {
    const [sick, healthy] = [await target(), await target()];
    await put('sick', { url: sick.url });
    await put('healthy', { url: healthy.url });
    for (const [n, answer] of ([500, 'hang', 302] as const).entries()) {
      sick.answer = answer;
      const asked = sick.asked;
      await publish([answered(`A${n}`, 1), answered(`B${n}`, 1)]);
      await waitFor('the healthy one', () => healthy.taken.length === 2 * (n + 1));
      await waitFor('an attempt', () => sick.asked > asked);
    }
    expect(sick.taken).toEqual([]);
    await waitFor('the reason', async () => (await show('sick')).lastError !== null);
    await sick.stop();
    await publish([answered('C', 1)]);
    await waitFor('the last one', () => healthy.taken.length === 7);
    sick.answer = 200;
    await sick.start();
    await call('/v1/webhooks/sick/retry', 'POST');
    await waitFor(
      'everything arrives',
      async () => {
        await call('/v1/webhooks/sick/retry', 'POST');
        return new Set(sick.taken.map((event) => event.event_id)).size === 7;
      },
      60_000,
    );
    await waitFor('nothing left', async () => (await show('sick')).waiting === 0);
  }, 90_000);

  it('give up an event that is refused too often; it can be looked at, tried again and discarded', async () => {
    const hook = await target();
    hook.answer = (event) => (event.acknowledge_event!.udid === 'BAD' ? 422 : 200);
    await put('tools', { url: hook.url });
    await publish([answered('BAD', 1), answered('BAD', 2), answered('GOOD', 1)]);
    await waitFor('given up', async () => (await show('tools')).failed === 2 && hook.taken.length > 0);
    expect(hook.taken.map((event) => event.acknowledge_event!.udid)).toEqual(['GOOD']);
    const { body } = await call<WebhookDeliveryPage>('/v1/webhooks/tools/deliveries?state=failed&limit=1');
    expect(body.items).toMatchObject([
      { deviceId: 'BAD', attempts: 2, lastStatus: 422, state: 'failed', nextAt: null },
    ]);
    const second = await call<WebhookDeliveryPage>(`/v1/webhooks/tools/deliveries?state=failed&cursor=${body.next}`);
    expect(second.body.items).toHaveLength(1);
    const path = `/v1/webhooks/tools/deliveries/${body.items[0]!.eventId}`;
    expect((await call(path)).body).toMatchObject({ body: { topic: 'mdm.Connect', event_id: body.items[0]!.eventId } });
    expect((await call(path, 'GET', undefined, OTHER)).status).toBe(404);
    expect((await call(path, 'DELETE', undefined, OTHER)).status).toBe(404);
    expect((await call(path, 'DELETE')).status).toBe(200);
    expect((await call(path)).status).toBe(404);
    hook.answer = 200;
    expect((await call('/v1/webhooks/tools/retry', 'POST')).body).toEqual({ retried: 1 });
    await waitFor('the other', () => hook.taken.length === 2);
    const audit = await database.admin.query<{ action: string }>({
      text: `SELECT action FROM admin_api.audit WHERE action IN ('webhook.retry', 'webhook.discard') ORDER BY at DESC LIMIT 2`,
    });
    expect(audit.map(({ action }) => action)).toEqual(['webhook.retry', 'webhook.discard']);
  });

  it('lose nothing when the delivering process is killed, and two of them send each event', async () => {
    const hook = await target();
    hook.answer = 'hang';
    await put('tools', { url: hook.url });
    await publish(Array.from({ length: 40 }, (_, n) => answered(`D${n}`, 1)));
    await waitFor('events in hand', () => hook.asked > 0);
    // As a killed process leaves them: claimed, and never settled.
    await database.admin.query({
      text: `UPDATE admin_api.webhook_delivery SET attempts = 1, next_at = now() + interval '1 second'`,
    });
    await service.stop();
    services.length = 0;
    await publish([answered('LATE', 1)]);
    hook.answer = 200;
    service = await start();
    await start();
    await waitFor('every event', () => new Set(hook.taken.map((event) => event.event_id)).size === 41);
    await waitFor('nothing left', async () => (await show('tools')).waiting === 0);
  });

  it('drop and count what comes beyond the bound', async () => {
    const hook = await target();
    hook.answer = 500;
    await put('tools', { url: hook.url });
    await publish(Array.from({ length: 130 }, (_, n) => answered(`D${n}`, 1)));
    await waitFor('the bound', async () => (await show('tools')).dropped === 30);
    const { waiting, failed } = await show('tools');
    expect(waiting + failed).toBe(100);
  });

  it('listen only while there is one that wants it', async () => {
    await waitFor('silence', async () => (await listening()).length === 0);
    const hook = await target();
    await put('tools', { url: hook.url, topics: ['mdm.Connect'] });
    await waitFor('listening', async () => (await listening()).length === 1);
    await put('tools', { url: hook.url, topics: ['mdm.Connect'], enabled: false });
    await waitFor('silence', async () => (await listening()).length === 0);
    await publish([answered('OFF', 1)]);
    await put('tools', { url: hook.url, topics: ['mdm.Connect'] });
    await publish([answered('ON', 1)]);
    await waitFor('the event', () => hook.taken.length === 1);
    expect(hook.taken[0]!.acknowledge_event!.udid).toBe('ON');
    expect((await call<Webhook>('/v1/webhooks/tools', 'DELETE')).body.name).toBe('tools');
    expect((await call('/v1/webhooks/tools', 'DELETE')).status).toBe(404);
  });

  it('are at most fifty in a tenant', async () => {
    await database.admin.query({
      text: `INSERT INTO admin_api.webhook (tenant, name, url, topics, enabled, created_at, updated_at, since, listen_from)
             SELECT 'default', 'hook-' || n, 'http://127.0.0.1:9/', '{mdm.Connect}', false, now(), now(), now(), now()
               FROM generate_series(1, 50) n`,
    });
    const refused = await call('/v1/webhooks/one-more', 'PUT', { url: 'http://127.0.0.1:9/' });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'webhook.too-many' } } });
    await put('hook-7', { url: 'http://127.0.0.1:9/', enabled: false });
  });

  it('give up what has expired, and forget it in the end', async () => {
    const hook = await target();
    hook.answer = 500;
    await put('tools', { url: hook.url });
    await publish([answered('OLD', 1)]);
    await waitFor('an attempt', async () => (await show('tools')).lastError !== null);
    await database.admin.query({ text: `UPDATE admin_api.webhook_delivery SET expires_at = now()` });
    await service.app.get(SweepDeliveries).run();
    expect(await show('tools')).toMatchObject({ waiting: 0, failed: 1, lastError: 'the target answered 500' });
    await database.admin.query({ text: `UPDATE admin_api.webhook_delivery SET failed_at = now() - interval '8 days'` });
    await service.app.get(SweepDeliveries).run();
    expect(await show('tools')).toMatchObject({ waiting: 0, failed: 0 });
  });

  it.each([
    ['no URL', { url: 'hello' }, 'url'],
    ['another scheme', { url: 'ftp://a/b' }, 'url'],
    ['a password in the URL', { url: 'https://u:p@a/b' }, 'url'],
    ['an unknown topic', { url: 'https://a/b', topics: ['mdm.Idle'] }, 'topics.0'],
    ['no topic', { url: 'https://a/b', topics: [] }, 'topics'],
    ['an empty secret', { url: 'https://a/b', secret: '' }, 'secret'],
  ])('are refused with %s, and nothing changes', async (_what, spec, path) => {
    const { status, body } = await call<{ error: { fields: { path: string }[] } }>('/v1/webhooks/bad', 'PUT', spec);
    expect(status).toBe(400);
    expect(body.error.fields.map((field) => field.path)).toEqual([path]);
    expect((await call('/v1/webhooks/bad')).status).toBe(404);
  });
});
