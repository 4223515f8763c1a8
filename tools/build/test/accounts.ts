import { type Message, message, type MessageDefinition } from '@lamplighter/contracts';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/nats-core';
import { join } from 'node:path';
import { OwnServer, quiet } from '../../../libs/messaging/test/broker.ts';
import { Answers } from '../../../libs/messaging/src/answers.ts';
import { type Broker, connectBroker } from '../../../libs/messaging/src/connection.ts';
import { PublishWindow } from '../../../libs/messaging/src/publish-window.ts';
import { JetStreamPublisher } from '../../../libs/messaging/src/publisher.ts';
import { services } from '../documents/messages/flows.ts';
import { passwordOf } from '../documents/messages/permissions.ts';
import { example } from '../documents/messages/schemas.ts';
import { allMessages } from '../documents/messages/source.ts';
import { root } from '../paths.ts';

const strangers = ['acme-publisher', 'acme-follower', 'beta-publisher', 'beta-follower'];

/** A NATS server with the sample configuration that we hand out, and nothing of it changed but the address and the store. */
export function startSample(): Promise<OwnServer> {
  const users = [...services, 'operator', ...strangers];
  return OwnServer.start({
    file: join(root, 'deploy/nats/nats.conf'),
    env: Object.fromEntries(users.map((user) => [passwordOf(user), `of-${user}`])),
  });
}

/** One of our services at that server, as it is set up there. */
export class Member {
  readonly service: string;
  readonly broker: Broker;
  readonly window: PublishWindow;
  readonly publisher: JetStreamPublisher;
  readonly answers: Answers;
  readonly refused: string[];

  private constructor(service: string, broker: Broker) {
    this.service = service;
    this.broker = broker;
    this.window = new PublishWindow(broker, { giveUpMs: 5_000 });
    this.publisher = new JetStreamPublisher(this.window, broker.prefix);
    this.answers = new Answers(broker, { replicas: 1 });
    this.refused = refusalsOf(broker.nc);
  }

  static async join(url: string, service: string): Promise<Member> {
    const broker = await connectBroker({
      url: url.replace('://', `://${service}:of-${service}@`),
      prefix: 'lamp',
      replicas: 1,
      maxBytes: 64 << 20,
      service,
      log: quiet,
      manageStreams: service === 'command-queue',
      firstConnectMs: 20_000,
    });
    return new Member(service, broker);
  }

  publish(name: string, tenant = 'acme', id = `${name} of ${tenant}`): Promise<void> {
    const { definition, sample } = sampleMessage(name, tenant);
    return this.publisher.publish(definition, { ...sample, id } as Message<never>, 'key');
  }
}

export function sampleMessage(
  name: string,
  tenant: string,
): { definition: MessageDefinition; sample: Message<unknown> } {
  const each = allMessages.find(({ definition }) => definition.name === name)!;
  const head = { id: `${name} of ${tenant}`, tenant, at: new Date() };
  return { definition: each.definition, sample: message(each.definition, head, example(each)['data'] as never[]) };
}

/** A user whose connection is not ours. */
export async function stranger(url: string, user: string): Promise<{ nc: NatsConnection; refused: string[] }> {
  const servers = url.replace('nats://', '');
  const nc = await connect({ servers, user, pass: `of-${user}`, inboxPrefix: `_INBOX.${user}`, noAsyncTraces: true });
  return { nc, refused: refusalsOf(nc) };
}

/** What the server refuses this connection, as it says so. */
function refusalsOf(nc: NatsConnection): string[] {
  const refused: string[] = [];
  void (async () => {
    for await (const status of nc.status()) if (status.type === 'error') refused.push(status.error.message);
  })();
  return refused;
}
