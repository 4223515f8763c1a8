import type { ItemOf, Message, MessageDefinition } from '@lamplighter/contracts';
import type { Log } from '@lamplighter/runtime';
import { jetstreamManager } from '@nats-io/jetstream';
import type { Broker } from './connection.ts';
import { type BatchHandler, Consumer, type ConsumeOptions, isNoConsumer } from './consumer.ts';
import { durableOf, streamOf } from './names.ts';
import type { PublishWindow } from './publish-window.ts';

/** Consumers that come and go while a service runs; those that are always there are marked with `@OnMessages`. */
export class Consumers {
  private readonly service: string;
  private readonly broker: Broker;
  private readonly window: PublishWindow;
  private readonly log: Log;

  constructor(service: string, broker: Broker, window: PublishWindow, log: Log) {
    this.service = service;
    this.broker = broker;
    this.window = window;
    this.log = log;
  }

  /** Consumes until it is stopped, as `@OnMessages` does; a durable that is new begins at `from`. */
  async start<D extends MessageDefinition>(
    definition: D,
    handler: (batch: Message<ItemOf<D>>[]) => Promise<void>,
    options: ConsumeOptions & { from: Date },
  ): Promise<Consumer> {
    const { service, broker, window, log } = this;
    const settling = { service, window, log };
    const consumer = new Consumer({ ...options, definition, handler: handler as BatchHandler, broker, settling });
    await consumer.start();
    broker.beforeClose(() => consumer.stop());
    return consumer;
  }

  /** Deletes the service's durable, once its consumer has stopped: whoever starts it again chooses where it begins. */
  async forget(definition: MessageDefinition): Promise<void> {
    const manager = await jetstreamManager(this.broker.nc, { timeout: 5_000, checkAPI: false });
    const stream = streamOf(this.broker.prefix, definition);
    await manager.consumers.delete(stream, durableOf(this.service, definition.name)).catch((error: unknown) => {
      if (!isNoConsumer(error)) throw error;
    });
  }
}
