import {
  AppError,
  defineEvent,
  defineWork,
  derivedUuid,
  type Message,
  message,
  type MessageDefinition,
} from '@lamplighter/contracts';
import { jetstreamManager, type StoredMsg } from '@nats-io/jetstream';
import type { NatsConnectionImpl } from '@nats-io/nats-core/internal';
import { z } from 'zod';
import type { Broker } from '../src/connection.ts';
import { Consumer, type ConsumeOptions } from '../src/consumer.ts';
import { deadStream, deadSubject, streamOf } from '../src/names.ts';
import { PublishWindow } from '../src/publish-window.ts';
import { JetStreamPublisher } from '../src/publisher.ts';
import { ensureStreams } from '../src/streams.ts';
import { brokerAtHand, connectTo, leave, quiet, testServer, until } from './broker.ts';

const happened = defineEvent('thing.happened', 1, z.object({ n: z.int() }));
const todo = defineWork('command.enqueue', 1, z.object({ n: z.int() }));

(brokerAtHand() ? describe : describe.skip)('a consumer', () => {
  let server: Awaited<ReturnType<typeof testServer>>;
  let broker: Broker;
  let window: PublishWindow;
  let publisher: JetStreamPublisher;
  const consumers: Consumer[] = [];

  beforeAll(async () => {
    server = await testServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    broker = await connectTo(server.url);
    const manager = await jetstreamManager(broker.nc);
    await ensureStreams(manager, { prefix: broker.prefix, replicas: 1, maxBytes: 64 << 20 }, [happened, todo]);
    window = new PublishWindow(broker);
    publisher = new JetStreamPublisher(window, broker.prefix);
  });
  afterEach(async () => {
    await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
    await leave(broker);
  });

  const batchOf = (definition: MessageDefinition, n: number): Message<{ n: number }> =>
    message(definition, { id: derivedUuid('spec', n), tenant: 'default', at: new Date() }, [{ n }]) as Message<{
      n: number;
    }>;
  const publish = (definition: MessageDefinition, n: number) =>
    publisher.publish(definition, batchOf(definition, n), String(n));

  async function consume(
    definition: MessageDefinition,
    handler: (numbers: number[]) => void | Promise<void>,
    options: ConsumeOptions = {},
  ) {
    const consumer = new Consumer({
      ...options,
      definition,
      broker,
      settling: { service: 'spec', window, log: quiet },
      handler: async (batch) => handler((batch as Message<{ n: number }>[]).map((each) => each.items[0]!.n)),
    });
    consumers.push(consumer);
    await consumer.start();
    return consumer;
  }

  async function pendingOf(definition: MessageDefinition): Promise<number> {
    const manager = await jetstreamManager(broker.nc);
    const name = `spec-${definition.name.replace('.', '-')}`;
    const info = await manager.consumers.info(streamOf(broker.prefix, definition), name);
    return info.num_ack_pending + info.num_pending;
  }

  async function deadLetters(name: string, tenant = 'default'): Promise<StoredMsg[]> {
    const manager = await jetstreamManager(broker.nc);
    const { state } = await manager.streams.info(deadStream(broker.prefix));
    const all: StoredMsg[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq++) {
      const found = await manager.streams.getMessage(deadStream(broker.prefix), { seq });
      if (found?.subject === deadSubject(broker.prefix, tenant, 'spec', name)) all.push(found);
    }
    return all;
  }

  it('hands over what comes after a lull at once, and gathers the trickle that follows', async () => {
    const batches: number[][] = [];
    await consume(todo, (numbers) => void batches.push(numbers), { maxBatch: 3, gatherMs: 60_000 });
    await publish(todo, 0);
    await until(() => batches.length === 1, 'the first');
    for (const n of [1, 2, 3]) await publish(todo, n);
    await until(() => batches.length === 2, 'the others');
    expect(batches).toEqual([[0], [1, 2, 3]]);
  });

  it('hands over what has arrived as batches, every message once, and settles all', async () => {
    const sizes: number[] = [];
    const seen: number[] = [];
    for (let n = 0; n < 500; n++) void publish(happened, n);
    await publish(happened, 500);
    await consume(happened, (numbers) => {
      sizes.push(numbers.length);
      seen.push(...numbers);
    });
    await until(() => seen.length === 501, 'all seen');
    await until(async () => (await pendingOf(happened)) === 0, 'all settled');
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 501 }, (_, n) => n));
    expect(Math.max(...sizes)).toBeGreaterThan(10);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
  });

  it('stores a repeat of a message id once', async () => {
    await Promise.all([publish(todo, 1), publish(todo, 1), publish(todo, 1)]);
    const seen: number[] = [];
    await consume(todo, (numbers) => void seen.push(...numbers));
    await publish(todo, 2);
    await until(() => seen.includes(2), 'the next one');
    expect(seen).toEqual([1, 2]);
  });

  it('sets a poisonous message aside, with what is known of it, while its batch mates are settled', async () => {
    const done: number[] = [];
    for (let n = 0; n < 5; n++) await publish(todo, n);
    await consume(todo, (numbers) => {
      if (numbers.includes(3)) throw new AppError('spec.poison', 'three is\nnot wanted', { outcome: 'dead-letter' });
      done.push(...numbers);
    });
    await until(async () => (await pendingOf(todo)) === 0, 'all settled');
    expect(done.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 4]);
    const [dead, ...more] = await deadLetters('command.enqueue');
    expect(more).toEqual([]);
    expect(dead!.json()).toMatchObject({ type: 'io.lamplighter.command.enqueue.v1', data: [{ n: 3 }] });
    const headers = Object.fromEntries([...dead!.header].map(([name, [value]]) => [name, value]));
    expect(headers).toMatchObject({
      'Lamp-Code': 'spec.poison',
      'Lamp-Reason': 'three is not wanted',
      'Lamp-Service': 'spec',
      'Lamp-Sequence': '4',
      'Lamp-Stream': streamOf(broker.prefix, todo),
      'Lamp-Message-Id': derivedUuid('spec', 3),
    });
    expect(headers['Lamp-Subject']).toMatch(/\.work\.default\.command\.enqueue\.\d+$/);
  });

  it('sets aside at the first delivery what the database cannot hold', async () => {
    let deliveries = 0;
    await publish(todo, 1);
    await consume(todo, () => {
      deliveries += 1;
      throw Object.assign(new Error('invalid byte sequence for encoding "UTF8": 0x00'), { code: '22021' });
    });
    await until(async () => (await pendingOf(todo)) === 0, 'settled');
    const [dead] = await deadLetters('command.enqueue');
    expect([deliveries, dead!.header.get('Lamp-Code')]).toEqual([1, 'input.invalid']);
  });

  it('never hands over a message that is not of its shape, nor one that is not JSON', async () => {
    const seen: number[] = [];
    const subject = `${broker.prefix}.work.default.command.enqueue.0`;
    const wrong = { ...batchOf(todo, 1), items: [{ n: 'one' }] };
    await window.send({ subject, messageId: 'a', payload: Buffer.from(JSON.stringify(wrong)) });
    await window.send({ subject, messageId: 'b', payload: Buffer.from('{') });
    await publish(todo, 2);
    await consume(todo, (numbers) => void seen.push(...numbers));
    await until(async () => seen.length > 0 && (await pendingOf(todo)) === 0, 'all settled');
    expect(seen).toEqual([2]);
    const codes = (await deadLetters('command.enqueue')).map((dead) => dead.header.get('Lamp-Code'));
    expect(codes).toEqual(['message.invalid', 'message.invalid']);
  });

  it('is not stopped by headers that nobody can read', async () => {
    const seen: number[] = [];
    const { protocol } = broker.nc as NatsConnectionImpl;
    const send = (header: string, body: unknown) => {
      const head = `NATS/1.0\r\n${header}\r\n\r\n`;
      const text = JSON.stringify(body);
      const subject = `${broker.prefix}.work.default.command.enqueue.0`;
      protocol.sendCommand(`HPUB ${subject} ${head.length} ${head.length + text.length}\r\n${head}${text}\r\n`);
    };
    const sound = { specversion: '1.0', source: '/theirs', type: 'io.lamplighter.command.enqueue.v1' };
    send('Lamp-Only: two\nlines', { ...sound, id: 'a', data: { n: 1 } });
    send('not a name: x', { ...sound, id: 'b', data: { n: 'none' } });
    await publish(todo, 2);
    await consume(todo, (numbers) => void seen.push(...numbers));
    await until(async () => (await pendingOf(todo)) === 0, 'all settled');
    expect(seen).toEqual([1, 2]);
    const codes = (await deadLetters('command.enqueue')).map((dead) => dead.header.get('Lamp-Code'));
    expect(codes).toEqual(['message.invalid']);
  });

  it('sets a message aside that leaves no room for what is said of it, without its payload', async () => {
    const limit = broker.nc.info!.max_payload;
    broker.nc.publish(`${broker.prefix}.work.default.command.enqueue.0`, Buffer.alloc(limit, 'x'));
    await publish(todo, 2);
    const seen: number[] = [];
    await consume(todo, (numbers) => void seen.push(...numbers));
    await until(async () => seen.length > 0 && (await pendingOf(todo)) === 0, 'all settled');
    const [dead, ...more] = await deadLetters('command.enqueue');
    expect(more).toEqual([]);
    expect([dead!.data.length, dead!.header.get('Lamp-Code')]).toEqual([0, 'message.invalid']);
    expect(dead!.header.get('Lamp-Reason')).toContain(`its ${limit} bytes are not kept`);
  });

  it.each([
    ['a name that is no text', '{"name":{"toString":1}}'],
    ['a type of a hundred thousand lists', `{"specversion":"1.0","type":${'['.repeat(1e5)}${']'.repeat(1e5)}}`],
  ])('sets aside what decoding stumbles over: %s', async (_name, text) => {
    broker.nc.publish(`${broker.prefix}.work.default.command.enqueue.0`, text);
    await publish(todo, 2);
    const seen: number[] = [];
    await consume(todo, (numbers) => void seen.push(...numbers));
    await until(async () => seen.length > 0 && (await pendingOf(todo)) === 0, 'all settled');
    const codes = (await deadLetters('command.enqueue')).map((dead) => dead.header.get('Lamp-Code'));
    expect([seen, codes]).toEqual([[2], ['message.invalid']]);
  });

  it('takes a CloudEvent of a stranger, and none that says it is of a tenant other than its subject', async () => {
    const seen: Message<unknown>[] = [];
    const theirs = { specversion: '1.0', id: 'x', source: '/theirs', type: 'io.lamplighter.command.enqueue.v1' };
    const send = (partition: number, body: unknown) =>
      broker.nc.publish(`${broker.prefix}.work.acme.command.enqueue.${partition}`, JSON.stringify(body));
    const before = Date.now();
    send(0, { ...theirs, data: { n: 1 } });
    send(63, { ...theirs, tenant: 'acme', data: [{ n: 2 }] });
    send(0, { ...theirs, tenant: 'beta', data: [{ n: 3 }] });
    const consumer = new Consumer({
      definition: todo,
      broker,
      settling: { service: 'spec', window, log: quiet },
      handler: async (batch) => void seen.push(...batch),
    });
    consumers.push(consumer);
    await consumer.start();
    await until(async () => seen.length > 0 && (await pendingOf(todo)) === 0, 'all settled');
    expect(seen.map(({ tenant, items }) => ({ tenant, items }))).toEqual([
      { tenant: 'acme', items: [{ n: 1 }] },
      { tenant: 'acme', items: [{ n: 2 }] },
    ]);
    const arrived = Date.parse(seen[0]!.occurredAt);
    expect(arrived).toBeGreaterThanOrEqual(before - 1_000);
    expect(arrived).toBeLessThanOrEqual(Date.now() + 1_000);
    const [dead, ...more] = await deadLetters('command.enqueue', 'acme');
    expect(more).toEqual([]);
    expect(dead!.header.get('Lamp-Code')).toBe('message.wrong-tenant');
    expect(dead!.header.get('content-type')).toBe('application/cloudevents+json');
  });

  it('tries again later after a retry, and leaves the others alone', async () => {
    const at: number[] = [];
    const others: number[] = [];
    await Promise.all([publish(todo, 1), publish(todo, 2)]);
    await consume(todo, (numbers) => {
      if (numbers.includes(1) && numbers.length === 1) at.push(Date.now());
      if (numbers.includes(1) && at.length < 3) throw new Error('not yet');
      others.push(...numbers.filter((n) => n !== 1));
    });
    await until(async () => at.length === 3 && (await pendingOf(todo)) === 0, 'the third attempt');
    expect(others).toEqual([2]);
    // Half a second, then a whole one, each less a quarter at most.
    expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(370);
    expect(at[2]! - at[1]!).toBeGreaterThanOrEqual(740);
    expect(await deadLetters('command.enqueue')).toEqual([]);
  });

  it('drops what its error says to drop', async () => {
    await publish(todo, 1);
    await consume(todo, () => {
      throw new AppError('spec.late', 'too late', { outcome: 'drop' });
    });
    await until(async () => (await pendingOf(todo)) === 0, 'settled');
    expect(await deadLetters('command.enqueue')).toEqual([]);
  });

  it('keeps a message in hand while its handler takes longer than the wait for its settlement', async () => {
    let calls = 0;
    await publish(todo, 1);
    await consume(
      todo,
      async () => {
        calls++;
        await new Promise((resolve) => setTimeout(resolve, 5_000));
      },
      { ackWaitMs: 3_000 },
    );
    await until(async () => calls > 0 && (await pendingOf(todo)) === 0, 'settled');
    expect(calls).toBe(1);
  });

  it('waits for the handler in hand when it stops, and gives back what it did not begin', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const begun: number[] = [];
    for (let n = 0; n < 20; n++) await publish(todo, n);
    const first = await consume(
      todo,
      async (numbers) => {
        begun.push(...numbers);
        await held;
      },
      { maxBatch: 5 },
    );
    await until(() => begun.length > 0, 'the first batch');
    const stopping = first.stop();
    release();
    await stopping;
    const rest: number[] = [];
    await consume(todo, (numbers) => void rest.push(...numbers));
    await until(() => begun.length + rest.length === 20, 'the rest', 40_000);
    expect([...begun, ...rest].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n));
    // What was on its way while it stopped comes again when its settlement is overdue, after 30 s.
  });
});
