import { createHash } from 'node:crypto';
import {
  commandCancel,
  commandPut,
  type InputOf,
  pushCertificatePut,
  pushNow,
  queueClear,
  type RequestDefinition,
} from '@lamplighter/contracts';
import { type Broker, connectBroker, serveRequest } from '@lamplighter/messaging';
import { type RunningService, startService } from '@lamplighter/runtime';
import { silentLog, type TestDatabase, testDatabase, testNats, testSettings } from '@lamplighter/testing';
import { AdminApiModule } from '../src/admin-api.module.ts';
import { config } from '../src/config.ts';

/** Of the tenants `default` and `other`. */
export const TOKENS = { default: 'lamp-test-token', other: 'lamp-other-token' };

export interface Sent {
  method?: string;
  body?: string;
  /** Undefined: none. Default: Basic, as existing scripts send it. */
  authorization?: string | undefined;
  headers?: Record<string, string>;
}

export interface Reply {
  status: number;
  text: string;
  header(name: string): string | null;
  json(): unknown;
}

/** admin-api over real HTTP and NATS, with stand-ins for the two services that it asks. */
export interface Bed {
  database: TestDatabase;
  /** The other side's own connection. */
  broker: Broker;
  /** What the queue was asked, oldest first. */
  puts: InputOf<typeof commandPut>[];
  pushes: InputOf<typeof pushNow>[];
  cleared: InputOf<typeof queueClear>[];
  cancelled: InputOf<typeof commandCancel>[];
  /** APNs takes pushes to all but these. */
  gone: Set<string>;
  /** Where it serves. */
  url: string;
  call(path: string, sent?: Sent): Promise<Reply>;
  /** From here on nobody serves the request. */
  away(definition: RequestDefinition): Promise<void>;
  stop(): Promise<void>;
}

export const basic = (user: string, token: string): string =>
  `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;

/** @param enrolled device ids of the tenant `default` whose queue takes commands */
export async function startBed(enrolled: (deviceId: string) => boolean): Promise<Bed> {
  const database = await testDatabase();
  const nats = testNats();
  const sha256 = (token: string) => createHash('sha256').update(token).digest('hex');
  await database.admin.query(
    { text: 'INSERT INTO admin_api.api_token (token_hash, tenant, name, created_at) VALUES ($1, $2, $3, now())' },
    [sha256(TOKENS.other), 'other', 'their-script'],
  );
  const broker = await connectBroker({ ...nats, service: 'test', log: silentLog, replicas: 1, maxBytes: 67_108_864 });
  const asked = { puts: [], pushes: [], cleared: [], cancelled: [], gone: new Set<string>() };
  const responders = standIns(broker, enrolled, asked);
  await broker.nc.flush();
  const service = await startService('admin-api', AdminApiModule, config, {
    ...testSettings(nats),
    LAMP_DATABASE_URL: database.urlOf('admin_api'),
    LAMP_ADMIN_TOKEN_SHA256: sha256(TOKENS.default),
    LAMP_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  });
  return {
    database,
    broker,
    ...asked,
    url: service.url,
    call: (path, sent) => call(service, path, sent),
    async away(definition) {
      await responders.get(definition)?.stop();
      await broker.nc.flush();
    },
    async stop() {
      await service.stop();
      await broker.close();
      await database.close();
    },
  };
}

async function call(service: RunningService, path: string, sent: Sent = {}): Promise<Reply> {
  const { method = 'GET', body, headers } = sent;
  const authorization = 'authorization' in sent ? sent.authorization : basic('nanomdm', TOKENS.default);
  const answer = await fetch(new URL(path, service.url), {
    method,
    headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    text,
    header: (name) => answer.headers.get(name),
    json: () => JSON.parse(text) as unknown,
  };
}

type Asked = Pick<Bed, 'puts' | 'pushes' | 'cleared' | 'cancelled' | 'gone'>;

/** Of the contracts of command-queue and apns-push: what they answer, without what they do. */
function standIns(broker: Broker, enrolled: (deviceId: string) => boolean, asked: Asked) {
  const known = new Set<string>();
  const serve = <D extends RequestDefinition>(definition: D, handler: (input: InputOf<D>) => unknown) =>
    [
      definition as RequestDefinition,
      serveRequest({
        definition,
        service: 'test',
        broker,
        log: silentLog,
        handler: async (input) => handler(input as InputOf<D>),
      }),
    ] as const;
  const outcomeOf = (tenant: string, { deviceId, commandId }: { deviceId: string; commandId: string }) => {
    if (tenant !== 'default' || !enrolled(deviceId)) {
      return { outcome: 'refused', refusal: { reason: 'unrecognized', detail: `${deviceId} is not enrolled` } };
    }
    const key = `${deviceId} ${commandId}`;
    if (known.has(key)) return { outcome: 'known' };
    known.add(key);
    return { outcome: 'queued' };
  };
  return new Map([
    serve(commandPut, (input) => {
      asked.puts.push(input);
      const results = input.group.commands.map(({ deviceId, commandId }) => ({
        deviceId,
        commandId,
        ...outcomeOf(input.tenant, { deviceId, commandId }),
      }));
      return { ok: { results } };
    }),
    serve(pushNow, (input) => {
      asked.pushes.push(input);
      const results = input.deviceIds.map((deviceId) =>
        asked.gone.has(deviceId)
          ? { deviceId, outcome: 'gone', reason: 'Unregistered' }
          : { deviceId, outcome: 'accepted', apnsId: `APNS-${deviceId}` },
      );
      return { ok: { results } };
    }),
    serve(queueClear, (input) => {
      asked.cleared.push(input);
      return { ok: { cleared: 2, inHand: 1 } };
    }),
    serve(commandCancel, (input) => {
      asked.cancelled.push(input);
      const outcomes: Record<string, string> = { '1': 'cancelled', '2': 'in-hand' };
      return { ok: { outcome: outcomes[input.commandId.at(-1)!] ?? 'absent' } };
    }),
    serve(pushCertificatePut, ({ pem }) =>
      pem.includes('BEGIN CERTIFICATE')
        ? { ok: { topic: 'com.apple.mgmt.External.test', notAfter: '2027-11-22T00:00:00.000Z' } }
        : { error: { code: 'push-certificate.no-certificate', message: 'there is no certificate in it' } },
    ),
  ]);
}
