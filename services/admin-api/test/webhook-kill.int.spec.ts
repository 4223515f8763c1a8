import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commandAnswered, derivedUuid, message } from '@lamplighter/contracts';
import { type Broker, connectBroker, JetStreamPublisher, PublishWindow } from '@lamplighter/messaging';
import { silentLog, type TestDatabase, testDatabase, testNats, testSettings, waitFor } from '@lamplighter/testing';
import { WebhookTarget } from './webhook-target.ts';

/** What `./lamp test` has built. */
const PROGRAM = join(import.meta.dirname, '../dist/main.mjs');
const EVENTS = 300;
const isBuilt = existsSync(PROGRAM);
if (!isBuilt) process.stderr.write('skipped: admin-api is not built (npm run build)\n');

(isBuilt ? describe : describe.skip)('webhooks of a process that is killed', () => {
  const nats = testNats();
  let database: TestDatabase;
  let broker: Broker;
  let hook: WebhookTarget;
  let child: ChildProcess | undefined;

  const start = (): ChildProcess =>
    spawn(process.execPath, [PROGRAM], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        ...testSettings(nats),
        LAMP_DATABASE_URL: database.urlOf('admin_api'),
        LAMP_ADMIN_TOKEN_SHA256: createHash('sha256').update('t').digest('hex'),
        LAMP_WEBHOOK_TIMEOUT_SECONDS: '0.5',
      },
    });
  const kill = async () => {
    const killed = child!;
    child = undefined;
    const gone = once(killed, 'exit');
    killed.kill('SIGKILL');
    await gone;
  };

  beforeAll(async () => {
    database = await testDatabase();
    broker = await connectBroker({ ...nats, service: 'test', log: silentLog, replicas: 1, maxBytes: 67_108_864 });
    hook = await new WebhookTarget().start();
    await database.admin.query(
      {
        text: `INSERT INTO admin_api.webhook (tenant, name, url, topics, enabled, created_at, updated_at, since, listen_from)
               VALUES ('default', 'tools', $1, '{mdm.Connect}', true, now(), now(), now() - interval '1 hour', now() - interval '1 hour')`,
      },
      [hook.url],
    );
  });
  afterAll(async () => {
    if (child) await kill();
    await hook?.stop();
    await broker?.close();
    await database?.close();
  });

  it('are all delivered, each under one id', async () => {
    const publisher = new JetStreamPublisher(new PublishWindow(broker), broker.prefix);
    const ids = new Set<string>();
    const publish = async (n: number) => {
      const deviceId = `D${n % 50}`;
      const commandId = derivedUuid('spec', n);
      ids.add(commandId);
      const head = { id: derivedUuid('kill', n), tenant: 'default', at: new Date() };
      const item = {
        deviceId,
        commandId,
        requestType: 'DeviceInformation',
        cause: 'spec',
        status: 'Acknowledged' as const,
        receivedAt: new Date().toISOString(),
        payload: { xml: '<plist/>' },
      };
      await publisher.publish(commandAnswered, message(commandAnswered, head, [item]), deviceId);
    };
    for (let round = 0; round < 3; round++) {
      child = start();
      for (let n = 0; n < EVENTS / 3; n++) await publish(round * 100 + n);
      const taken = hook.taken.length;
      await waitFor('deliveries under way', () => hook.taken.length > taken, 30_000);
      await kill();
    }
    child = start();
    const delivered = () => new Set(hook.taken.map((event) => event.acknowledge_event!.command_uuid));
    await waitFor('every event', () => delivered().size === ids.size, 60_000);
    expect(delivered()).toEqual(ids);
    expect(new Set(hook.taken.map((event) => event.event_id)).size).toBe(ids.size);
    const left = () => database.admin.query({ text: 'SELECT FROM admin_api.webhook_delivery' });
    await waitFor('nothing left', async () => (await left()).length === 0);
  }, 120_000);
});
