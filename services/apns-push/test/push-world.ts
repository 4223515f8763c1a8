import {
  columnsOf,
  commandEnqueued,
  commandsEnqueued,
  derivedUuid,
  message,
  pushAddressContext,
  pushCertificatePut,
  pushSent,
  subjectFilter,
} from '@lamplighter/contracts';
import type { ItemOf, MessageDefinition, pushRequest } from '@lamplighter/contracts';
import { connectBroker, JetStreamPublisher, NatsRequester, PublishWindow } from '@lamplighter/messaging';
import type { Broker } from '@lamplighter/messaging';
import { AesSealer, startService } from '@lamplighter/runtime';
import type { RunningService } from '@lamplighter/runtime';
import { silentLog, testDatabase, testNats, testSettings, waitFor } from '@lamplighter/testing';
import type { TestDatabase } from '@lamplighter/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApnsPushModule } from '../src/apns-push.module.ts';
import { config } from '../src/config.ts';
import { newAuthority, newServer, TOPIC } from './push-pki.ts';
import type { Holder } from './push-pki.ts';
import { ScriptedApns } from './scripted-apns.ts';

export const LATER = '2099-01-01T00:00:00.000Z';
export type Sent = ItemOf<typeof pushSent>;
type Wake = typeof pushRequest;

/** The service, as often as it is asked for, with real servers around it and an APNs whose answers the test decides. */
export class PushWorld {
  readonly sent: Sent[] = [];
  readonly database: TestDatabase;
  readonly ca: Holder;
  readonly apns: ScriptedApns;
  readonly requester: NatsRequester;
  private readonly sealer: AesSealer;
  private readonly publisher: JetStreamPublisher;
  private readonly broker: Broker;
  private readonly services: RunningService[] = [];
  private readonly env: Record<string, string>;
  private readonly dir: string;
  private counter = 0;

  static async open(settings: Record<string, string> = {}, keys = [Buffer.alloc(32, 7)]): Promise<PushWorld> {
    const nats = testNats();
    const ca = await newAuthority();
    const dir = mkdtempSync(join(tmpdir(), 'push-world-'));
    writeFileSync(join(dir, 'ca.pem'), ca.pem);
    const apns = new ScriptedApns(await newServer(ca), ca);
    const database = await testDatabase();
    const env = {
      ...testSettings(nats),
      LAMP_DATABASE_URL: database.urlOf('apns_push'),
      LAMP_SECRET_KEY: keys.map((key) => key.toString('base64')).join(','),
      LAMP_APNS_URL: await apns.listen(),
      LAMP_APNS_CA: join(dir, 'ca.pem'),
      LAMP_PUSH_RETRY_SECONDS: '5',
      LAMP_PUSH_SPACING_SECONDS: '0',
      ...settings,
    };
    const broker = await connectBroker({ ...nats, service: 'spec', replicas: 1, maxBytes: 67_108_864, log: silentLog });
    const world = new PushWorld({ env, broker, database, ca, apns, dir, sealer: new AesSealer(...keys) });
    await world.start();
    return world;
  }

  private constructor(parts: {
    env: Record<string, string>;
    broker: Broker;
    database: TestDatabase;
    ca: Holder;
    apns: ScriptedApns;
    dir: string;
    sealer: AesSealer;
  }) {
    ({ broker: this.broker, database: this.database, ca: this.ca, apns: this.apns } = parts);
    ({ env: this.env, dir: this.dir, sealer: this.sealer } = parts);
    const prefix = parts.env['LAMP_NATS_PREFIX']!;
    this.publisher = new JetStreamPublisher(new PublishWindow(this.broker), prefix);
    this.requester = new NatsRequester(this.broker);
    this.broker.nc.subscribe(subjectFilter(prefix, pushSent), {
      callback: (error, msg) => {
        if (!error) this.sent.push(...msg.json<{ data: Sent[] }>().data);
      },
    });
  }

  /** One more process of the service. */
  async start(settings: Record<string, string> = {}): Promise<RunningService> {
    const service = await startService('apns-push', ApnsPushModule, config, { ...this.env, ...settings });
    this.services.push(service);
    return service;
  }

  async stopAll(): Promise<void> {
    for (const service of this.services.splice(0)) await service.stop();
  }

  async close(): Promise<void> {
    await this.stopAll();
    await this.broker.close();
    await this.apns.close();
    await this.database.close();
    rmSync(this.dir, { recursive: true });
  }

  /** Returns the path that APNs is asked for it. */
  async enroll(deviceId: string, options: { topic?: string; sealed?: Buffer; tenant?: string } = {}): Promise<string> {
    const { tenant = 'default', topic = TOPIC } = options;
    const token = Buffer.from(deviceId.padEnd(32, '.'));
    const address = JSON.stringify({ token: token.toString('base64'), pushMagic: `magic of ${deviceId}` });
    const sealed = options.sealed ?? this.sealer.seal(Buffer.from(address), pushAddressContext(tenant, deviceId));
    const text = `INSERT INTO command_queue.enrollment
      (tenant, device_id, kind, status, topic, certificate_hash, push_address, generation, facts, authenticated_at)
      VALUES ($1, $2, 'device', 'enrolled', $3, '\\x00', $4, 1, '{}', now())`;
    await this.database.admin.query({ text }, [tenant, deviceId, topic, sealed]);
    return `/3/device/${token.toString('hex')}`;
  }

  async ask(
    definition: MessageDefinition & Wake,
    deviceIds: string[],
    options: { expiresAt?: string; tenant?: string } = {},
  ) {
    const { expiresAt = LATER, tenant = 'default' } = options;
    const id = `spec-${(this.counter += 1)}`;
    const reason = definition.name === 'push.repeat' ? ('repush' as const) : ('enqueued' as const);
    const items = deviceIds.map((deviceId) => ({ deviceId, expiresAt, reason }));
    await this.publisher.publish(definition, message(definition, { id, tenant, at: new Date() }, items), id);
  }

  /** As the queue tells of a new command of each. */
  async enqueued(wakes: readonly { deviceId: string; pushUntil?: string }[]): Promise<void> {
    const id = `spec-${(this.counter += 1)}`;
    const items = wakes.map((one) => ({ ...one, commandId: derivedUuid(id, one.deviceId) }));
    const told = message(commandEnqueued, { id, tenant: 'default', at: new Date() }, items);
    await this.publisher.publish(commandEnqueued, told, id);
  }

  /** The same of each of many. */
  async enqueuedMany(wakes: readonly { deviceId: string; pushUntil?: string }[]): Promise<void> {
    const id = `spec-${(this.counter += 1)}`;
    const items = wakes.map(({ deviceId, ...until }) => ({
      ...columnsOf([{ deviceId, commandId: derivedUuid(id, deviceId) }]),
      ...until,
    }));
    const told = message(commandsEnqueued, { id, tenant: 'default', at: new Date() }, items);
    await this.publisher.publish(commandsEnqueued, told, id);
  }

  outcomeOf(deviceId: string): Promise<Sent> {
    return waitFor(`push.sent of ${deviceId}`, () => this.sent.find((one) => one.deviceId === deviceId));
  }

  async upload(holder: Holder, options: { tenant?: string; force?: boolean } = {}): Promise<unknown> {
    const pem = `${holder.pem}\n${holder.keyPem}`;
    return this.requester.request(pushCertificatePut, { tenant: 'default', pem, ...options });
  }

  /** Pushes that APNs got for this path. */
  pushesTo(path: string): number {
    return this.apns.received.filter((one) => one.headers[':path'] === path).length;
  }

  /** Pushes that APNs got for devices whose names begin so. */
  sentPaths(prefix: string): number {
    const start = `/3/device/${Buffer.from(prefix).toString('hex')}`;
    return this.apns.received.filter((one) => one.headers[':path']?.startsWith(start)).length;
  }
}
