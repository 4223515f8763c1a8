import {
  type CommandGroup,
  type commandEnqueue,
  decoderOf,
  declarationAssign,
  declarationWithdraw,
  type DdmSync,
  type DdmSyncReply,
  ddmSync,
  message,
  messages,
  encodeMessage,
  subjectFor,
  unpackGroups,
  unpackSyncReplies,
  type ItemOf,
  type MessageDefinition,
} from '@lamplighter/contracts';
import { Broker, connectBroker, NatsRequester, streamOf } from '@lamplighter/messaging';
import { startService, type RunningService } from '@lamplighter/runtime';
import { silentLog, testDatabase, testNats, testSettings, waitFor, type TestDatabase } from '@lamplighter/testing';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { randomUUID } from 'node:crypto';
import { parsePlist, type PlistDict } from '@lamplighter/apple';
import { config } from '../src/config.ts';
import { DdmModule } from '../src/ddm.module.ts';

export const HASH = 'ab'.repeat(32);
export const AT = '2026-11-20T02:00:00.000Z';

type Group = ItemOf<typeof commandEnqueue>;

/** What a device was told. */
export interface Told {
  deviceId: string;
  commandId: string;
  token: string;
  group: CommandGroup;
}

/** The service on real servers, its devices, and what it says to others. */
export class DdmBed {
  readonly nats = testNats();
  database!: TestDatabase;
  broker!: Broker;
  private service!: RunningService;

  async start(env: Record<string, string> = {}): Promise<this> {
    this.database = await testDatabase();
    this.service = await startService('ddm', DdmModule, config, {
      ...testSettings(this.nats),
      LAMP_DATABASE_URL: this.database.urlOf('ddm'),
      ...env,
    });
    this.broker = await connectBroker({
      ...this.nats,
      service: 'test',
      log: silentLog,
      replicas: 1,
      maxBytes: 67_108_864,
    });
    return this;
  }

  async stop(): Promise<void> {
    await this.broker.close();
    await this.service.stop();
    await this.database.close();
  }

  get requester(): NatsRequester {
    return new NatsRequester(this.broker);
  }

  async enroll(deviceId: string, { status = 'enrolled', kind = 'device', source = null as string | null } = {}) {
    await this.database.admin.query(
      {
        text: `INSERT INTO command_queue.enrollment
                 (tenant, device_id, kind, status, topic, certificate_hash, generation, facts, authenticated_at, source)
               VALUES ('default', $1, $5, $2, 'topic', decode($3, 'hex'), 1, '{}', $4, $6)`,
      },
      [deviceId, status, HASH, AT, kind, source],
    );
  }

  async sync(endpoint: string, more: Partial<DdmSync> = {}): Promise<DdmSyncReply> {
    const sync = { tenant: 'default', deviceId: 'DEVICE', certificateHash: HASH, receivedAt: AT, endpoint, ...more };
    return unpackSyncReplies(await this.requester.request(ddmSync, [sync]))[0]!;
  }

  /** Publishes one message of one tenant and waits until the service has done it. */
  async send<D extends MessageDefinition>(
    definition: D,
    items: ItemOf<D>[],
    { at = new Date(), id = randomUUID(), tenant = 'default' } = {},
  ): Promise<void> {
    const subject = subjectFor(this.nats.prefix, definition, tenant, id);
    await jetstream(this.broker.nc).publish(subject, encodeMessage(message(definition, { id, tenant, at }, items)));
    await this.done(definition);
  }

  assign(item: Omit<ItemOf<typeof declarationAssign>, 'cause'> & { cause?: string }, at = new Date()): Promise<void> {
    return this.send(declarationAssign, [{ cause: 'rollout', ...item }], { at });
  }

  withdraw(item: ItemOf<typeof declarationWithdraw>, at = new Date()): Promise<void> {
    return this.send(declarationWithdraw, [item], { at });
  }

  /** All DeclarativeManagement commands so far, in order; those under way are waited for. */
  async told(): Promise<Told[]> {
    await waitFor('an empty outbox', async () => {
      const rows = await this.rows<{ busy: boolean }>(
        `SELECT EXISTS (SELECT FROM ddm.outbox) OR EXISTS (SELECT FROM ddm.changed_set)
              OR EXISTS (SELECT FROM ddm.changed_manifest) AS busy`,
      );
      return rows[0]!.busy ? undefined : true;
    });
    const definition = messages.find(({ name }) => name === 'command.enqueue')! as typeof commandEnqueue;
    const manager = await jetstreamManager(this.broker.nc);
    const stream = streamOf(this.nats.prefix, definition);
    const { state } = await manager.streams.info(stream);
    const told: Told[] = [];
    for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq += 1) {
      const stored = await manager.streams.getMessage(stream, { seq });
      if (!stored || !stored.subject.includes('command.enqueue')) continue;
      const { items } = decoderOf(definition)(stored.string(), {
        tenant: stored.subject.split('.')[2]!,
        at: new Date(),
      });
      for (const group of (items as Group[]).flatMap(unpackGroups)) {
        const tokens = new Map(group.bodies.map((body) => [body.bodyId, tokenIn(body.command)]));
        for (const { deviceId, commandId, bodyId } of group.commands) {
          told.push({ deviceId, commandId, token: tokens.get(bodyId)!, group });
        }
      }
    }
    return told;
  }

  async rows<R>(text: string, values: unknown[] = []): Promise<R[]> {
    return this.database.admin.query<R>({ text }, values);
  }

  private async done(definition: MessageDefinition): Promise<void> {
    const manager = await jetstreamManager(this.broker.nc);
    const stream = streamOf(this.nats.prefix, definition);
    const durable = `ddm-${definition.name.replaceAll('.', '-')}`;
    await waitFor(`${definition.name} to be done`, async () => {
      const info = await manager.consumers.info(stream, durable);
      return info.num_pending + info.num_ack_pending === 0 ? true : undefined;
    });
  }
}

function tokenIn(command: string): string {
  const { Data } = parsePlist(`<plist version="1.0">${command}</plist>`) as PlistDict & { Data: Uint8Array };
  const { SyncTokens } = JSON.parse(Buffer.from(Data).toString('utf8')) as {
    SyncTokens: { DeclarationsToken: string };
  };
  return SyncTokens.DeclarationsToken;
}
