import { commandEnqueue, derivedUuid, deviceLeft, message } from '@lamplighter/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import type { Broker } from '../src/connection.ts';
import { Consumer } from '../src/consumer.ts';
import { PublishWindow } from '../src/publish-window.ts';
import { JetStreamPublisher } from '../src/publisher.ts';
import { brokerAtHand, connectTo, OwnServer, quiet, until } from './broker.ts';

const left = (n: number) =>
  message(deviceLeft, { id: derivedUuid('left', n), tenant: 'default', at: new Date() }, [
    { deviceId: `device-${n}`, at: new Date().toISOString(), reason: 'CheckOut' },
  ]);

(brokerAtHand(true) ? describe : describe.skip)('when the broker dies', () => {
  let server: OwnServer;
  let broker: Broker;
  let window: PublishWindow;
  let publisher: JetStreamPublisher;
  let consumer: Consumer | undefined;
  const seen = new Map<string, number>();

  beforeEach(async () => {
    seen.clear();
    server = await OwnServer.start();
    broker = await connectTo(server.url);
    window = new PublishWindow(broker, { ackMs: 1_000 });
    publisher = new JetStreamPublisher(window, broker.prefix);
  });
  afterEach(async () => {
    await consumer?.stop();
    consumer = undefined;
    await broker.close();
    await server.stop();
  });

  async function consume(): Promise<void> {
    consumer = new Consumer({
      definition: deviceLeft,
      broker,
      settling: { service: 'spec', window, log: quiet },
      ackWaitMs: 2_000,
      handler: async (batch) => {
        for (const each of batch) seen.set(each.id, (seen.get(each.id) ?? 0) + 1);
      },
    });
    await consumer.start();
  }

  it('and comes back, nothing that was published in mid-stream is lost, and all of it is consumed', async () => {
    await consume();
    const count = 20_000;
    let confirmed = 0;
    const all = Promise.all(
      Array.from({ length: count }, async (_, n) => {
        await publisher.publish(deviceLeft, left(n), `device-${n}`);
        confirmed++;
      }),
    );
    await until(() => confirmed > count / 10, 'some confirmed');
    const before = confirmed;
    await server.kill();
    await until(() => !broker.connected, 'the loss noticed');
    expect(broker.problem()).toMatch(/no connection to NATS since/);
    expect(before).toBeLessThan(count);
    server.start();
    await all;
    expect(broker.problem()).toBeUndefined();
    await until(() => seen.size === count, 'all consumed');
    const manager = await jetstreamManager(broker.nc);
    const { state } = await manager.streams.info(`${broker.prefix.toUpperCase()}_EVENTS`);
    expect(state.messages).toBe(count);
  });

  it('and comes back without its store, streams and consumers are made anew', async () => {
    await consume();
    await publisher.publish(deviceLeft, left(1), 'device-1');
    await until(() => seen.size === 1, 'the first');
    await server.kill();
    server.forget();
    server.start();
    await publisher.publish(deviceLeft, left(2), 'device-2');
    await until(() => seen.size === 2, 'the second');
  });

  it('and a consumer was deleted under us, it is made anew', async () => {
    await consume();
    const manager = await jetstreamManager(broker.nc);
    await manager.consumers.delete(`${broker.prefix.toUpperCase()}_EVENTS`, 'spec-device-left');
    await publisher.publish(deviceLeft, left(3), 'device-3');
    await until(() => seen.size === 1, 'the message');
  });

  it('and a stream was deleted under us, it is made anew', async () => {
    await consume();
    const manager = await jetstreamManager(broker.nc);
    await manager.streams.delete(`${broker.prefix.toUpperCase()}_EVENTS`);
    await publisher.publish(deviceLeft, left(4), 'device-4');
    await until(() => seen.size === 1, 'the message');
  });

  it('and stays away, a publish is unconfirmed in the end and may be retried', async () => {
    await server.kill();
    await until(() => !broker.connected, 'the loss noticed');
    const hasty = new PublishWindow(broker, { giveUpMs: 200 });
    const row = { subject: `${broker.prefix}.event.x`, messageId: 'x', payload: Buffer.from('{}') };
    await expect(hasty.send(row)).rejects.toMatchObject({ code: 'publish.unconfirmed', outcome: 'retry' });
    server.start();
    await until(() => broker.connected, 'the broker back');
  });

  it('a work queue that is full refuses, and takes again when there is room', async () => {
    const manager = await jetstreamManager(broker.nc);
    const stream = `${broker.prefix.toUpperCase()}_COMMANDS`;
    await manager.streams.update(stream, { max_msgs: 1 });
    const row = (id: string) => ({
      subject: `${broker.prefix}.work.default.${commandEnqueue.name}.0`,
      messageId: id,
      payload: Buffer.from('{}'),
    });
    await window.send(row('a'));
    await expect(window.send(row('b'))).rejects.toMatchObject({ code: 'publish.refused', outcome: 'retry' });
    await manager.streams.purge(stream);
    await window.send(row('b'));
  });
});
