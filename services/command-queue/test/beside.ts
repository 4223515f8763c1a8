import {
  type CheckIn,
  type CheckInReply,
  commandEnqueue,
  commandExchange,
  type CommandGroup,
  commandRevoke,
  decoderOf,
  derivedUuid,
  enrollmentCheckIn,
  type Exchange,
  type ExchangeReply,
  type ItemOf,
  message,
  type MessageDefinition,
  sourceCertificateHash,
  sourceKeyContext,
} from '@lamplighter/contracts';
import { Broker, streamOf } from '@lamplighter/messaging';
import { AesSealer, Publisher, Requester, type RunningService, startService } from '@lamplighter/runtime';
import { OtherMdm, testDatabase, type TestDatabase, testNats, testSettings } from '@lamplighter/testing';
import { jetstreamManager } from '@nats-io/jetstream';
import { CommandQueueModule } from '../src/command-queue.module.ts';
import { config } from '../src/config.ts';
import { group, type GroupOptions, settings } from './fixtures.ts';

export interface CommandRow {
  device_id: string;
  command_id: string;
  state: string;
  sent_at: Date | null;
  sent_count: number;
  handed_to: string | null;
  detail: string | null;
  finished_at: Date | null;
  push_count: number;
}

/** The service with real servers around it, and another MDM server beside it. */
export class Beside {
  readonly services: RunningService[] = [];
  readonly others: OtherMdm[] = [];
  private readonly nats = testNats();

  private constructor(readonly database: TestDatabase) {}

  static async start(): Promise<Beside> {
    const beside = new Beside(await testDatabase());
    await beside.replica();
    return beside;
  }

  async replica(): Promise<RunningService> {
    const service = await startService('command-queue', CommandQueueModule, config, {
      ...testSettings(this.nats),
      LAMP_DATABASE_URL: this.database.urlOf('command_queue'),
      LAMP_SECRET_KEY: settings.LAMP_SECRET_KEY,
      LAMP_ANSWER_GRACE_SECONDS: '1',
    });
    this.services.push(service);
    return service;
  }

  /** Another server of that kind, known under that name. */
  async server(name: string, kind: 'nanomdm' | 'micromdm', more: { timeoutMs?: number } = {}): Promise<OtherMdm> {
    const other = await new OtherMdm(kind).start();
    this.others.push(other);
    const sealer = new AesSealer(Buffer.from(settings.LAMP_SECRET_KEY, 'base64'));
    const sealed = sealer.seal(Buffer.from(other.apiKey), sourceKeyContext({ tenant: 'default', name }, 'api-key'));
    await this.database.admin.query(
      {
        text: `INSERT INTO admin_api.source VALUES ('default', $1, $2, $3, $4, NULL, true, 4, $5, true, now(), now())`,
      },
      [name, kind, `${other.url}/`, sealed, more.timeoutMs ?? 1000],
    );
    return other;
  }

  checkIn(
    source: string,
    deviceId: string,
    said: CheckIn['message'],
    of: Partial<CheckIn> = {},
  ): Promise<CheckInReply> {
    return this.first.request(enrollmentCheckIn, {
      tenant: 'default',
      deviceId,
      kind: 'device',
      source,
      certificateHash: sourceCertificateHash('default', source),
      receivedAt: new Date().toISOString(),
      message: said,
      ...of,
    });
  }

  /** At the other server, and here by its word. */
  async enroll(source: string, other: OtherMdm, ...deviceIds: string[]): Promise<void> {
    for (const deviceId of deviceIds) {
      other.enroll(deviceId);
      await this.checkIn(source, deviceId, { type: 'TokenUpdate', topic: '', token: 'dG9rZW4=', pushMagic: 'magic' });
    }
  }

  async answer(
    source: string,
    deviceId: string,
    commandId?: string,
    more: Partial<Exchange> = {},
  ): Promise<ExchangeReply> {
    const status = 'Acknowledged' as const;
    const [reply] = await this.first.request(commandExchange, [
      {
        tenant: 'default',
        deviceId,
        source,
        certificateHash: sourceCertificateHash('default', source),
        receivedAt: new Date().toISOString(),
        ...(commandId === undefined ? {} : { answer: { commandId, status, payload: { xml: '<plist/>' } } }),
        ...more,
      },
    ]);
    return reply!;
  }

  async send(name: string, deviceIds: readonly string[], options: GroupOptions = {}): Promise<void> {
    const groups: CommandGroup[] = [
      group(name, deviceIds, { expiresAt: new Date(Date.now() + 3_600_000), ...options }),
    ];
    const id = derivedUuid('send', name, ...deviceIds);
    const sent = message(commandEnqueue, { id, tenant: 'default', at: new Date() }, groups);
    await this.services[0]!.app.get(Publisher).publish(commandEnqueue, sent, id);
  }

  async revoke(cause: string): Promise<void> {
    const id = derivedUuid('revoke', cause);
    const sent = message(commandRevoke, { id, tenant: 'default', at: new Date() }, [{ cause }]);
    await this.services[0]!.app.get(Publisher).publish(commandRevoke, sent, id);
  }

  /** Its only command, as everybody else sees it. */
  async commandOf(deviceId: string): Promise<CommandRow | undefined> {
    const text = 'SELECT * FROM command_queue.command_v1 WHERE device_id = $1 ORDER BY created_at DESC LIMIT 1';
    return (await this.database.admin.query<CommandRow>({ text }, [deviceId]))[0];
  }

  async told<D extends MessageDefinition>(definition: D): Promise<ItemOf<D>[]> {
    const manager = await jetstreamManager(this.services[0]!.app.get(Broker).nc);
    const stream = streamOf(this.nats.prefix, definition);
    const { state } = await manager.streams.info(stream);
    const found: ItemOf<D>[] = [];
    for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq += 1) {
      const stored = await manager.streams.getMessage(stream, { seq });
      if (!stored?.subject.includes(`.${definition.name}.`)) continue;
      const decoded = decoderOf(definition)(stored.string(), { tenant: 'default', at: stored.time });
      found.push(...(decoded.items as ItemOf<D>[]));
    }
    return found;
  }

  async stop(): Promise<void> {
    for (const other of this.others) await other.stop();
    for (const service of this.services) await service.stop();
    await this.database.close();
  }

  get first(): Requester {
    return this.services[0]!.app.get(Requester);
  }
}
