import {
  catalogImport,
  commandEnqueued,
  derivedUuid,
  type InputOf,
  type ItemOf,
  type Message,
  message,
  type OutputOf,
} from '@lamplighter/contracts';
import { baseConfig, HealthChecks, Publisher, Requester, RuntimeModule, startService } from '@lamplighter/runtime';
import { Controller, Module } from '@nestjs/common';
import { OnMessages, OnRequest } from '../src/decorators.ts';
import { MessagingModule } from '../src/messaging.module.ts';
import { brokerAtHand, connectTo, leave, testServer, uniquePrefix, until } from './broker.ts';

type Enqueued = ItemOf<typeof commandEnqueued>;
const seen: Enqueued[] = [];

@Controller()
class OnCommandEnqueuedConsumer {
  @OnMessages(commandEnqueued)
  async handle(batch: Message<Enqueued>[]): Promise<void> {
    seen.push(...batch.flatMap((each) => each.items));
  }
}

@Controller()
class ImportResponder {
  @OnRequest(catalogImport)
  async handle(input: InputOf<typeof catalogImport>): Promise<OutputOf<typeof catalogImport>> {
    return { ok: { releases: input.feed?.length ?? 0, added: 0 } };
  }
}

@Module({
  imports: [RuntimeModule, MessagingModule.forService('spec')],
  controllers: [OnCommandEnqueuedConsumer, ImportResponder],
})
class SpecModule {}

(brokerAtHand() ? describe : describe.skip)('a service', () => {
  it('publishes, consumes, asks, answers, says that it is ready, and stops', async () => {
    const server = await testServer();
    const env = {
      LAMP_NATS_URL: server.url,
      LAMP_NATS_PREFIX: uniquePrefix(),
      LAMP_HTTP_PORT: '0',
      LAMP_HTTP_HOST: '127.0.0.1',
      LAMP_LOG_LEVEL: 'fatal',
    };
    const running = await startService('spec', SpecModule, baseConfig, env);
    try {
      const item = { deviceId: 'd', commandId: derivedUuid('spec') };
      const head = { id: derivedUuid('batch'), tenant: 'default', at: new Date() };
      await running.app.get(Publisher).publish(commandEnqueued, message(commandEnqueued, head, [item]), 'd');
      await until(() => seen.length === 1, 'consumed');
      expect(seen).toEqual([item]);
      const reply = await running.app.get(Requester).request(catalogImport, { source: 's', feed: '{}' });
      expect(reply).toEqual({ ok: { releases: 2, added: 0 } });
      expect(await running.app.get(HealthChecks).problems()).toEqual({});
    } finally {
      await running.stop();
      await leave(await connectTo(server.url, env.LAMP_NATS_PREFIX));
      await server.stop();
    }
  });
});
