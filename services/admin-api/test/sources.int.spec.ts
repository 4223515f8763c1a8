import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type CheckIn,
  type CheckInReply,
  commandExchange,
  enrollmentCheckIn,
  type Exchange,
  type ExchangeReply,
  message,
  RelayedEvent,
  type Source,
  sourceCertificateHash,
  webhookReceive,
} from '@lamplighter/contracts';
import {
  Answers,
  type Broker,
  connectBroker,
  JetStreamPublisher,
  PublishWindow,
  serveRequest,
} from '@lamplighter/messaging';
import { type RunningService, startService } from '@lamplighter/runtime';
import {
  OtherMdm,
  relayedEvent,
  silentLog,
  type TestDatabase,
  testDatabase,
  testNats,
  testSettings,
  waitFor,
} from '@lamplighter/testing';
import {
  acknowledgedFixture,
  authenticateFixture,
  checkOutFixture,
  FIXTURE_USER_ID,
  idleFixture,
  setBootstrapTokenFixture,
  tokenUpdateFixture,
  userTokenUpdateFixture,
} from '../../../libs/apple/src/fixtures/messages.ts';
import { AdminApiModule } from '../src/admin-api.module.ts';
import { config } from '../src/config.ts';

const TOKENS = { default: 'lamp-test-token', other: 'lamp-other-token' };
const OURS = '0b7dc4a6-6ed5-8a2b-9c4f-3f8fb7f0d0a1';
const hash = (token: string) => createHash('sha256').update(token).digest('hex');
const nano = new OtherMdm('nanomdm');

let database: TestDatabase;
let service: RunningService;
let broker: Broker;
/** What the command queue was asked. */
const checkIns: CheckIn[] = [];
const exchanges: Exchange[] = [];
/** Devices that it knows, and whose. */
const known = new Map<string, string>();
let isAway = false;

beforeAll(async () => {
  database = await testDatabase();
  const nats = testNats();
  await database.admin.query(
    { text: 'INSERT INTO admin_api.api_token (token_hash, tenant, name, created_at) VALUES ($1, $2, $3, now())' },
    [hash(TOKENS.other), 'other', 'their-script'],
  );
  broker = await connectBroker({ ...nats, service: 'test', log: silentLog, replicas: 1, maxBytes: 67_108_864 });
  const serve = { service: 'test', broker, log: silentLog };
  serveRequest({ ...serve, definition: enrollmentCheckIn, handler: async (input) => checkInOf(input as CheckIn) });
  serveRequest({
    ...serve,
    definition: commandExchange,
    handler: async (input) => (input as Exchange[]).map(exchangeOf),
  });
  await broker.nc.flush();
  service = await startService('admin-api', AdminApiModule, config, {
    ...testSettings(nats),
    LAMP_DATABASE_URL: database.urlOf('admin_api'),
    LAMP_ADMIN_TOKEN_SHA256: hash(TOKENS.default),
    LAMP_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  });
  await put('open', { kind: 'nanomdm', url: 'http://nano.test', apiKey: 'k', unauthenticated: true });
});

afterAll(async () => {
  await service?.stop();
  await broker?.close();
  await database?.close();
});

beforeEach(() => {
  checkIns.length = 0;
  exchanges.length = 0;
  isAway = false;
});

/** As the command queue answers, as far as it matters here. */
function checkInOf(input: CheckIn): CheckInReply {
  const { deviceId, parentId, source, message: said } = input;
  checkIns.push(input);
  if (isAway) throw new Error('away');
  const owner = known.get(deviceId) ?? known.get(parentId ?? '');
  if (owner !== undefined && owner !== source) return { outcome: 'wrong-certificate' };
  const begins = said.type === 'Authenticate' || said.type === 'TokenUpdate';
  if (parentId !== undefined && !known.has(parentId)) return { outcome: 'unrecognized' };
  if (owner === undefined && !begins) return { outcome: 'unrecognized' };
  if (said.type === 'CheckOut') known.delete(deviceId);
  else known.set(deviceId, source!);
  return { outcome: 'ok' };
}

function exchangeOf(input: Exchange): ExchangeReply {
  exchanges.push(input);
  if (isAway) return { outcome: 'unavailable' };
  const owner = known.get(input.deviceId);
  if (owner === undefined) return { outcome: 'unrecognized' };
  if (owner !== input.source) return { outcome: 'wrong-certificate' };
  return input.answer?.commandId === OURS ? { outcome: 'empty', answered: true } : { outcome: 'empty' };
}

async function call(path: string, method = 'GET', body?: object, token = TOKENS.default) {
  const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) };
  const answer = await fetch(new URL(path, service.url), {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as unknown };
}
const put = async (name: string, body: object, token?: string) => {
  const answer = await call(`/v1/sources/${name}`, 'PUT', body, token);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body as Source;
};
const hookOf = (name: string) => new URL(`/v1/webhook/${name}`, service.url).href;
const relay = (topic: string, raw: Buffer, more?: Parameters<typeof relayedEvent>[2]) =>
  nano.relay({ url: hookOf('open') }, relayedEvent(topic, raw, more));

/** A source of its own: nobody waits for a counter, so those of the one that all share may move at any time. */
async function counted(name: string) {
  await put(name, { kind: 'nanomdm', url: 'http://nano.test', apiKey: 'k', unauthenticated: true });
  return {
    name,
    relay: (topic: string, raw: Buffer) => nano.relay({ url: hookOf(name) }, relayedEvent(topic, raw)),
    counts: async () => ((await call(`/v1/sources/${name}`)).body as Source).events,
  };
}
const arrived = (n: number) => waitFor(`${n} requests`, () => checkIns.length + exchanges.length >= n);

describe('sources', () => {
  it('are made, shown without their keys, changed, and removed; each tenant sees its own', async () => {
    const made = await put('mine', {
      kind: 'nanomdm',
      url: 'https://mdm.example.com/api',
      apiKey: 'KEY',
      webhookKey: 'HMAC',
    });
    expect(made).toMatchObject({
      name: 'mine',
      signed: true,
      concurrency: 8,
      timeoutSeconds: 10,
      enabled: true,
      devices: 0,
    });
    expect(made.handOver).toEqual({ failingSince: null, lastError: null, pausedUntil: null });
    const changed = await put('mine', {
      kind: 'micromdm',
      url: 'https://mdm.example.com',
      webhookKey: null,
      concurrency: 2,
    });
    expect(changed).toMatchObject({ kind: 'micromdm', signed: false, concurrency: 2 });
    expect(JSON.stringify([made, changed])).not.toMatch(/KEY|HMAC"/);
    expect((await call('/v1/sources/mine', 'GET', undefined, TOKENS.other)).status).toBe(404);
    expect((await call('/v1/sources/mine', 'DELETE', undefined, TOKENS.other)).status).toBe(404);
    expect((await call('/v1/sources', 'GET')).body).toMatchObject({ items: [{ name: 'mine' }, { name: 'open' }] });
    expect((await call('/v1/sources/mine', 'DELETE')).status).toBe(200);
    expect((await call('/v1/sources/mine')).status).toBe(404);
    const audit = await database.admin.query<{ action: string; detail: object }>({
      text: `SELECT action, detail FROM admin_api.audit WHERE subject = 'mine' ORDER BY at`,
    });
    expect(audit.map(({ action }) => action)).toEqual(['source.put', 'source.put', 'source.remove']);
    expect(JSON.stringify(audit)).not.toMatch(/KEY|HMAC/);
  });

  it.each([
    [{ kind: 'nanomdm', url: 'https://a' }, 'apiKey'],
    [{ kind: 'jamf', url: 'https://a', apiKey: 'k' }, 'kind'],
    [{ kind: 'nanomdm', url: 'https://nanomdm:k@a', apiKey: 'k' }, 'url'],
    [{ kind: 'nanomdm', url: 'ftp://a', apiKey: 'k' }, 'url'],
    [{ kind: 'nanomdm', url: 'https://a', apiKey: 'k', concurrency: 0 }, 'concurrency'],
  ])('are refused as %j, for the sake of %s', async (body, field) => {
    const answer = await call('/v1/sources/bad', 'PUT', body);
    expect(answer).toMatchObject({ status: 400, body: { error: { fields: [{ path: field }] } } });
    expect((await call('/v1/sources/bad')).status).toBe(404);
  });
});

describe("a source's API key", () => {
  it('is sent to no other address than the one that it was given for', async () => {
    const spec = { kind: 'nanomdm', url: 'https://mdm.example.com:9000/a' };
    await put('keyed', { ...spec, apiKey: 'KEY' });
    for (const url of ['https://thief.example', 'https://mdm.example.com:9001/a', 'http://mdm.example.com:9000/a']) {
      const answer = await call('/v1/sources/keyed', 'PUT', { ...spec, url });
      expect(answer).toMatchObject({ status: 400, body: { error: { fields: [{ path: 'apiKey' }] } } });
    }
    expect((await call('/v1/sources/keyed')).body).toMatchObject({ url: spec.url });
    await put('keyed', { ...spec, url: 'https://mdm.example.com:9000/b' });
    await put('keyed', { ...spec, url: 'https://other.example', apiKey: 'OTHER' });
    expect((await call('/v1/sources/keyed', 'DELETE')).status).toBe(200);
  });
});

describe('the door for events', () => {
  const event = relayedEvent('mdm.Connect', idleFixture('DOOR'));

  it('asks for the signature where the source has a key for it, over the very bytes', async () => {
    await put('signed', { kind: 'nanomdm', url: 'http://nano.test', apiKey: 'k', webhookKey: 'HMAC' });
    const url = hookOf('signed');
    known.set('DOOR', 'signed');
    expect(await nano.relay({ url, key: 'HMAC' }, event)).toBe(200);
    expect(await nano.relay({ url, key: 'hmac' }, event)).toBe(401);
    expect(await nano.relay({ url, authorization: `Bearer ${TOKENS.default}` }, event)).toBe(401);
    const signature = 'AAAA';
    const short = await fetch(url, { method: 'POST', body: '{}', headers: { 'x-hmac-signature': signature } });
    expect(await short.json()).toMatchObject({ error: { code: 'source.unauthenticated', remedy: expect.any(String) } });
    await arrived(1);
    expect(exchanges).toHaveLength(1);
  });

  it('asks for a token of the tenant where there is no such key', async () => {
    await put('basic', { kind: 'micromdm', url: 'http://micro.test', apiKey: 'k' });
    const url = hookOf('basic');
    const basic = (token: string) => ({ url, authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` });
    expect(await nano.relay({ url }, event)).toBe(401);
    expect(await nano.relay(basic('wrong'), event)).toBe(401);
    expect(await nano.relay(basic(TOKENS.other), event)).toBe(403);
    known.set('DOOR', 'basic');
    expect(await nano.relay(basic(TOKENS.default), event)).toBe(200);
    await arrived(1);
  });

  it('is one for each tenant', async () => {
    await put('theirs', { kind: 'nanomdm', url: 'http://nano.test', apiKey: 'k', unauthenticated: true }, TOKENS.other);
    expect(await nano.relay({ url: hookOf('theirs') }, event)).toBe(404);
    known.set('DOOR', 'theirs');
    expect(await nano.relay({ url: hookOf('other/theirs') }, event)).toBe(200);
    await arrived(1);
    expect(exchanges[0]).toMatchObject({ tenant: 'other', source: 'theirs' });
  });

  it('is closed while the source is not enabled', async () => {
    await put('off', { kind: 'nanomdm', url: 'http://nano.test', apiKey: 'k', unauthenticated: true, enabled: false });
    expect(await nano.relay({ url: hookOf('off') }, event)).toBe(400);
  });

  it.each([
    ['no JSON', 'x'],
    ['no event', '{"topic":"mdm.Connect"}'],
    ['an event without its message', '{"topic":"mdm.Connect","created_at":"2026-11-22T01:02:03Z"}'],
    [
      'a message that is no base64',
      '{"topic":"mdm.Connect","created_at":"2026-11-22T01:02:03Z","acknowledge_event":{"raw_payload":"%"}}',
    ],
    [
      'a message that is no plist',
      '{"topic":"mdm.Connect","created_at":"2026-11-22T01:02:03Z","acknowledge_event":{"raw_payload":"AAAA"}}',
    ],
    ['a message of another topic', JSON.stringify(relayedEvent('mdm.TokenUpdate', checkOutFixture('X')))],
  ])('refuses %s with the reason', async (_what, body) => {
    const answer = await fetch(hookOf('open'), { method: 'POST', body });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: /^webhook\./, message: expect.any(String) } });
  });

  it('takes what it has no use for, and passes it over', async () => {
    // One that it knows makes one request: what an adoption asks besides would reach into the next test.
    known.set('AFTER', 'open');
    for (const topic of ['mdm.GetToken', 'mdm.UserAuthenticate', 'mdm.DeclarativeManagement', 'mdm.Future']) {
      expect(await relay(topic, Buffer.from('anything'))).toBe(200);
    }
    await relay('mdm.Connect', idleFixture('AFTER'));
    await arrived(1);
    expect(checkIns).toEqual([]);
    expect(exchanges.map(({ deviceId }) => deviceId)).toEqual(['AFTER']);
  });
});

describe('events of another server', () => {
  const certificateHash = sourceCertificateHash('default', 'open');

  it('become check-ins under the name of their source', async () => {
    const at = new Date('2026-11-22T01:02:03.004Z');
    await relay('mdm.Authenticate', authenticateFixture('A1'), { at });
    await waitFor('Authenticate', () => checkIns.length === 1);
    await relay('mdm.TokenUpdate', tokenUpdateFixture('A1', { UnlockToken: Buffer.from('SECRET') }), { at });
    await waitFor('TokenUpdate', () => checkIns.length === 2);
    await relay('mdm.CheckOut', checkOutFixture('A1'), { at });
    await waitFor('CheckOut', () => checkIns.length === 3);
    const common = {
      tenant: 'default',
      deviceId: 'A1',
      kind: 'device',
      source: 'open',
      certificateHash,
      receivedAt: at.toISOString(),
    };
    expect(checkIns).toMatchObject([
      { ...common, message: { type: 'Authenticate', facts: { serialNumber: 'FIXTURE00001' } } },
      { ...common, message: { type: 'TokenUpdate' } },
      { ...common, message: { type: 'CheckOut' } },
    ]);
    expect(checkIns[1]!.payload).not.toMatch(/UnlockToken|PushMagic/);
  });

  it('leave their secrets behind: neither the broker nor the queue gets to see one', async () => {
    const seen: string[] = [];
    const wire = broker.nc.subscribe(`${broker.prefix}.>`, { callback: (_, { data }) => void seen.push(textOf(data)) });
    await broker.nc.flush();
    await relay('mdm.SetBootstrapToken', setBootstrapTokenFixture('A2'));
    await relay('mdm.TokenUpdate', tokenUpdateFixture('A2', { UnlockToken: Buffer.from('SECRET-UNLOCK') }));
    await waitFor('TokenUpdate', () => checkIns.length > 0);
    wire.unsubscribe();
    expect(checkIns.map(({ message }) => message.type)).toEqual(['TokenUpdate']);
    expect(seen.join('\n')).toContain('A2');
    for (const secret of ['SECRET-UNLOCK', 'FIXTURE-PUSH-MAGIC', 'FIXTURE-BOOTSTRAP-TOKEN']) {
      const forms = [secret, Buffer.from(secret).toString('base64')];
      expect(seen.filter((text) => forms.some((form) => text.includes(form)))).toEqual([]);
    }
  });

  it('become answers, those to commands of others uncounted as ours', async () => {
    const of = await counted('counted');
    known.set('B1', of.name);
    await of.relay('mdm.Connect', acknowledgedFixture(OURS, 'B1'));
    await of.relay('mdm.Connect', acknowledgedFixture('THEIRS', 'B1'));
    await arrived(2);
    const byId = exchanges.toSorted((a, b) => (a.answer!.commandId < b.answer!.commandId ? -1 : 1));
    const common = {
      tenant: 'default',
      deviceId: 'B1',
      source: of.name,
      certificateHash: sourceCertificateHash('default', of.name),
    };
    expect(byId).toMatchObject([
      {
        ...common,
        answer: { commandId: OURS, status: 'Acknowledged', payload: { xml: expect.stringContaining(OURS) } },
      },
      { ...common, answer: { commandId: 'THEIRS' } },
    ]);
    const both = await waitFor('both to be counted', async () => {
      const now = await of.counts();
      return now.taken + now.foreign >= 2 && now;
    });
    expect(both).toMatchObject({ taken: 1, foreign: 1, refused: 0, lastAt: expect.any(String) });
  });

  it('are handled once, however often the same comes', async () => {
    known.set('C1', 'open');
    for (let n = 0; n < 5; n += 1) await relay('mdm.Connect', acknowledgedFixture(OURS, 'C1'), { eventId: 'EVENT-1' });
    await relay('mdm.Connect', idleFixture('C1'));
    await waitFor('both', () => exchanges.length >= 2);
    expect(exchanges.filter(({ answer }) => answer !== undefined)).toHaveLength(1);
  });

  it('adopt a device that is not known, and a user channel after its device', async () => {
    await relay('mdm.Connect', acknowledgedFixture(OURS, 'D1'));
    await waitFor('the answer again', () => exchanges.length === 2);
    expect(checkIns).toMatchObject([
      { deviceId: 'D1', kind: 'device', source: 'open', message: { type: 'TokenUpdate' } },
    ]);
    expect(checkIns[0]!.message).not.toHaveProperty('token');
    await relay('mdm.TokenUpdate', userTokenUpdateFixture('D2'));
    const user = `D2:${FIXTURE_USER_ID}`;
    await waitFor('the user channel', () => known.has(user) && checkIns.length === 5);
    const about = checkIns.slice(1).map(({ deviceId, message: { type } }) => `${type} ${deviceId}`);
    expect(about).toEqual([`TokenUpdate ${user}`, 'TokenUpdate D2', `TokenUpdate ${user}`, `TokenUpdate ${user}`]);
    await relay('mdm.CheckOut', checkOutFixture('NEVER'));
    await relay('mdm.Connect', idleFixture('D1'));
    await waitFor('the last', () => exchanges.length === 3 && checkIns.length === 6);
    expect(known.has('NEVER')).toBe(false);
  });

  it('never take over a device that is enrolled here', async () => {
    known.set('E1', '');
    const of = await counted('refusing');
    await of.relay('mdm.Connect', acknowledgedFixture(OURS, 'E1'));
    await of.relay('mdm.TokenUpdate', tokenUpdateFixture('E1'));
    await waitFor('two refusals', async () => (await of.counts()).refused === 2);
    expect(known.get('E1')).toBe('');
    expect(checkIns.map(({ message: { type } }) => type)).toEqual(['TokenUpdate']);
  });

  it('wait with the broker while the command queue is away: the sender never repeats them', async () => {
    const of = await counted('patient');
    known.set('F1', of.name);
    isAway = true;
    expect(await of.relay('mdm.Connect', acknowledgedFixture(OURS, 'F1'))).toBe(200);
    await arrived(1);
    expect(await of.counts()).toMatchObject({ taken: 0 });
    isAway = false;
    await waitFor('it is taken', async () => (await of.counts()).taken === 1);
  });

  it('carry answers of many megabytes', async () => {
    known.set('G1', 'open');
    const list = Array.from(
      { length: 40_000 },
      (_, n) => `com.example.app.${createHash('sha256').update(`${n}`).digest('hex')}`,
    );
    const raw = acknowledgedFixture(OURS, 'G1', { InstalledApplicationList: list });
    expect(raw.length).toBeGreaterThan(3_000_000);
    expect(await relay('mdm.Connect', raw)).toBe(200);
    const { answer } = await waitFor('it', () => exchanges[0]);
    expect(answer!.payload).toHaveProperty('ref');
    expect((await new Answers(broker, { replicas: 1 }).unpack(answer!.payload)).equals(raw)).toBe(true);
  });

  it('may come by NATS as well', async () => {
    known.set('H1', 'open');
    const event = RelayedEvent.parse(relayedEvent('mdm.Connect', acknowledgedFixture(OURS, 'H1')));
    const window = new PublishWindow(broker);
    const publisher = new JetStreamPublisher(window, broker.prefix);
    const sent = message(webhookReceive, { id: 'by-nats', tenant: 'default', at: new Date() }, [
      { source: 'open', event },
    ]);
    await publisher.publish(webhookReceive, sent, 'H1');
    await arrived(1);
    expect(exchanges).toMatchObject([{ deviceId: 'H1', source: 'open', answer: { commandId: OURS } }]);
  });

  it('by NATS that cannot be read are set aside, not lost', async () => {
    const event = RelayedEvent.parse(relayedEvent('mdm.Connect', Buffer.from('no plist')));
    const window = new PublishWindow(broker);
    const dead = Promise.withResolvers<string>();
    const wire = broker.nc.subscribe(`${broker.prefix}.dead.>`, {
      callback: (_, { headers }) => dead.resolve(headers?.get('Lamp-Code') ?? ''),
    });
    await broker.nc.flush();
    const sent = message(webhookReceive, { id: 'unreadable', tenant: 'default', at: new Date() }, [
      { source: 'open', event },
    ]);
    await new JetStreamPublisher(window, broker.prefix).publish(webhookReceive, sent, 'H2');
    expect(await dead.promise).toBe('webhook.unreadable');
    wire.unsubscribe();
  });
});

/** A message with what is in base64 in it laid open. */
function textOf(data: Uint8Array): string {
  const text = Buffer.from(data).toString('utf8');
  const opened = [...text.matchAll(/"raw_payload":"([^"]+)"/g)].map(([, inner]) => Buffer.from(inner!, 'base64'));
  return [text, ...opened.map(String)].join('\n');
}
