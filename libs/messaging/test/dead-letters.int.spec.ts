import {
  AppError,
  defineEvent,
  defineWork,
  derivedUuid,
  message,
  type MessageDefinition,
} from '@lamplighter/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import { z } from 'zod';
import type { Broker } from '../src/connection.ts';
import { Consumer } from '../src/consumer.ts';
import { Consumers } from '../src/consumers.ts';
import { DeadLetterBox } from '../src/dead-letter-box.ts';
import { PublishWindow } from '../src/publish-window.ts';
import { JetStreamPublisher } from '../src/publisher.ts';
import { ensureStreams } from '../src/streams.ts';
import { brokerAtHand, connectTo, leave, quiet, testServer, until } from './broker.ts';

const happened = defineEvent('thing.happened', 1, z.object({ n: z.int() }));
const todo = defineWork('command.enqueue', 1, z.object({ n: z.int() }));

(brokerAtHand() ? describe : describe.skip)('dead letters', () => {
  let server: Awaited<ReturnType<typeof testServer>>;
  let broker: Broker;
  let window: PublishWindow;
  let box: DeadLetterBox;
  const consumers: Consumer[] = [];
  const seen: string[] = [];
  let refused = new Set<number>();

  beforeAll(async () => {
    server = await testServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    broker = await connectTo(server.url);
    const manager = await jetstreamManager(broker.nc);
    await ensureStreams(manager, { prefix: broker.prefix, replicas: 1, maxBytes: 64 << 20 }, [happened, todo]);
    window = new PublishWindow(broker);
    box = new DeadLetterBox(broker, window);
    seen.length = 0;
    refused = new Set();
  });
  afterEach(async () => {
    await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
    await leave(broker);
  });

  const publish = (definition: MessageDefinition, n: number, tenant = 'default') =>
    new JetStreamPublisher(window, broker.prefix).publish(
      definition,
      message(definition, { id: derivedUuid('spec', tenant, n), tenant, at: new Date() }, [{ n }]),
      String(n),
    );

  /** A service that refuses what is in `refused`. */
  async function serve(service: string, definition: MessageDefinition): Promise<void> {
    const consumer = new Consumer({
      definition,
      broker,
      settling: { service, window, log: quiet },
      handler: async (batch) => {
        const numbers = batch.map((each) => (each.items[0] as { n: number }).n);
        const bad = numbers.find((n) => service === 'broken' && refused.has(n));
        if (bad !== undefined) throw new AppError('spec.refused', `no ${bad} here`);
        seen.push(...numbers.map((n) => `${service} ${n}`));
      },
    });
    consumers.push(consumer);
    await consumer.start();
  }
  const count = (tenant = 'default') => box.count({ tenant });

  it('are none at first: an empty list, not a failure', async () => {
    expect(await box.newest({ tenant: 'default' }, 10)).toEqual([]);
    expect(await box.oldest({ tenant: 'default' }, 10, await box.last())).toEqual([]);
    expect(await count()).toBe(0);
  });

  it('are listed newest first, page by page, by service and message, each tenant its own', async () => {
    refused = new Set(Array.from({ length: 20 }, (_, n) => n));
    await serve('broken', todo);
    await serve('broken', happened);
    for (let n = 0; n < 5; n++) await publish(todo, n);
    await until(async () => (await count()) === 5, 'five letters');
    await publish(happened, 7);
    await publish(todo, 8, 'other');
    await until(async () => (await count()) === 6 && (await count('other')) === 1, 'the others');
    const all = await box.newest({ tenant: 'default' }, 4);
    expect(all.map(({ message: name }) => name)).toEqual(['thing.happened', ...Array(3).fill('command.enqueue')]);
    const rest = await box.newest({ tenant: 'default' }, 4, all.at(-1)!.sequence);
    expect(rest.map(({ sequence }) => sequence)).toEqual([2, 1]);
    expect(await box.newest({ tenant: 'default', service: 'broken', message: 'thing.happened' }, 9)).toHaveLength(1);
    expect(await box.newest({ tenant: 'default', service: 'whole' }, 9)).toEqual([]);
    expect(await box.newest({ tenant: 'other' }, 9)).toMatchObject([{ tenant: 'other', message: 'command.enqueue' }]);
    expect(await box.find('other', 1)).toBeUndefined();
    expect(await box.redrive('other', 1)).toBeUndefined();
    expect(await box.discard('other', 1)).toBe(false);
    expect(await box.find('default', 1)).toMatchObject({ code: 'spec.refused', reason: 'no 0 here', redrives: 0 });
    expect(await box.find('default', 999)).toBeUndefined();
  });

  it('go back to the one service that failed, and to no other', async () => {
    refused = new Set([1]);
    await serve('broken', happened);
    await serve('whole', happened);
    await publish(happened, 1);
    await until(async () => (await count()) === 1 && seen.length === 1, 'the letter');
    refused.clear();
    expect(await box.redrive('default', 1)).toMatchObject({ service: 'broken', message: 'thing.happened' });
    await until(() => seen.includes('broken 1'), 'the redriven message');
    await publish(happened, 2);
    await until(() => seen.filter((one) => one.endsWith(' 2')).length === 2, 'the next message');
    expect(seen.toSorted()).toEqual(['broken 1', 'broken 2', 'whole 1', 'whole 2']);
    expect(await count()).toBe(0);
    expect(await box.redrive('default', 1)).toBeUndefined();
  });

  it('come back, with the number of redrives and the first message id, when they fail again', async () => {
    refused = new Set([1]);
    await serve('broken', todo);
    await publish(todo, 1);
    await until(async () => (await count()) === 1, 'the letter');
    for (const redrives of [1, 2]) {
      const [letter] = await box.newest({ tenant: 'default' }, 1);
      // Two at a time are one redrive.
      await Promise.all([box.redrive('default', letter!.sequence), box.redrive('default', letter!.sequence)]);
      await until(async () => (await box.newest({ tenant: 'default' }, 1))[0]?.redrives === redrives, 'it comes back');
      expect(await count()).toBe(1);
    }
    expect(await box.newest({ tenant: 'default' }, 1)).toMatchObject([
      { redrives: 2, messageId: derivedUuid('spec', 'default', 1), reason: 'no 1 here' },
    ]);
    refused.clear();
    const oldest = await box.oldest({ tenant: 'default' }, 10, await box.last());
    expect(oldest).toHaveLength(1);
    await box.redrive('default', oldest[0]!.sequence);
    await until(() => seen.includes('broken 1'), 'handled at last');
    expect(await count()).toBe(0);
  });

  it('are gone once discarded', async () => {
    refused = new Set([1, 2]);
    await serve('broken', todo);
    await publish(todo, 1);
    await publish(todo, 2);
    await until(async () => (await count()) === 2, 'the letters');
    expect(await box.discard('default', 1)).toBe(true);
    expect(await box.discard('default', 1)).toBe(false);
    expect((await box.newest({ tenant: 'default' }, 9)).map(({ sequence }) => sequence)).toEqual([2]);
  });

  it('leave a consumer that comes and goes where it began', async () => {
    await publish(happened, 1);
    const from = new Date(Date.now() + 1);
    await until(() => Date.now() > from.getTime(), 'the next millisecond');
    await publish(happened, 2);
    const factory = new Consumers('late', broker, window, quiet);
    const numbers: number[] = [];
    const start = (at: Date) =>
      factory.start(happened, async (batch) => void numbers.push(...batch.map((each) => each.items[0]!.n)), {
        from: at,
      });
    const first = await start(from);
    await until(() => numbers.length === 1, 'the second message');
    await first.stop();
    await publish(happened, 3);
    const second = await start(new Date(0));
    await until(() => numbers.length === 2, 'the third message');
    await second.stop();
    await factory.forget(happened);
    const third = await start(new Date(0));
    await until(() => numbers.length === 5, 'all messages');
    await third.stop();
    await factory.forget(happened);
    await factory.forget(happened);
    expect(numbers).toEqual([2, 3, 1, 2, 3]);
  });
});
