import { AppError } from '@lamplighter/contracts';
import type { Log } from '@lamplighter/runtime';
import { type DiscoveryService, MetadataScanner } from '@nestjs/core';
import { type CustomTransportStrategy, Server } from '@nestjs/microservices';
import type { NatsConnection } from '@nats-io/nats-core';
import type { Broker } from './connection.ts';
import { type BatchHandler, Consumer } from './consumer.ts';
import { messagesMarkOf, requestMarkOf } from './decorators.ts';
import type { PublishWindow } from './publish-window.ts';
import { type RequestHandler, type Responder, serveRequest } from './responder.ts';

export interface JetStreamServerOptions {
  service: string;
  broker: Broker;
  window: PublishWindow;
  discovery: Pick<DiscoveryService, 'getControllers'>;
  log: Log;
  /** Runs when nothing is handled any more, while the connection still stands: what handlers staged goes out. */
  whenDrained?: () => Promise<void>;
  /** For messages whose consumer says nothing else, in real ms. */
  ackWaitMs?: number;
}

type Method = (...args: unknown[]) => Promise<unknown>;

/**
 * The Nest microservice strategy of every service: serves `@OnMessages` from JetStream and `@OnRequest` from NATS.
 * Handlers are found by their marks and called directly: Nest's own pipeline hands over one message at a time and
 * turns errors into text before they could be settled.
 */
export class JetStreamServer extends Server implements CustomTransportStrategy {
  private readonly options: JetStreamServerOptions;
  private readonly consumers: Consumer[] = [];
  private readonly responders: Responder[] = [];
  private readonly names = new Set<string>();
  private closing: Promise<void> | undefined;

  constructor(options: JetStreamServerOptions) {
    super();
    this.options = options;
    options.broker.beforeClose(() => this.close());
  }

  override listen(callback: (error?: unknown) => void): void {
    void this.startOrSay(callback);
  }

  /** Pulls no more, waits for what is in hand, and settles it. Idempotent. */
  override close(): Promise<void> {
    return (this.closing ??= this.closeOnce());
  }

  override on(): void {}

  override unwrap<T = NatsConnection>(): T {
    return this.options.broker.nc as T;
  }

  private async startOrSay(callback: (error?: unknown) => void): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      return callback(error);
    }
    callback();
  }

  private async start(): Promise<void> {
    const { service, broker, window, log } = this.options;
    for (const method of this.methods()) {
      const messages = messagesMarkOf(method.original);
      const request = requestMarkOf(method.original);
      if (messages) {
        const settling = { service, window, log };
        const defaults = this.options.ackWaitMs === undefined ? {} : { ackWaitMs: this.options.ackWaitMs };
        this.checkOnce(messages.definition.name);
        this.consumers.push(
          new Consumer({
            ...defaults,
            ...messages.options,
            definition: messages.definition,
            handler: method.bound as BatchHandler,
            broker,
            settling,
          }),
        );
      }
      if (request) {
        const handler = method.bound as RequestHandler;
        this.responders.push(serveRequest({ definition: request.definition, handler, service, broker, log }));
      }
    }
    await Promise.all(this.consumers.map((consumer) => consumer.start()));
    await broker.nc.flush();
    log.info({ consumers: this.consumers.length, requests: this.responders.length }, 'serving messages and requests');
  }

  private checkOnce(name: string): void {
    if (this.names.has(name)) {
      throw new AppError(
        'messaging.two-handlers',
        `${this.options.service} handles ${name} twice; a service has one durable for each message`,
        {
          remedy: 'call both steps from one handler',
        },
      );
    }
    this.names.add(name);
  }

  private *methods(): Iterable<{ original: object; bound: Method }> {
    const scanner = new MetadataScanner();
    for (const { instance } of this.options.discovery.getControllers()) {
      if (!instance) continue;
      const controller = instance as Record<string, Method>;
      for (const name of scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object)) {
        const original = controller[name]!;
        yield { original, bound: original.bind(instance) };
      }
    }
  }

  private async closeOnce(): Promise<void> {
    const { broker, whenDrained } = this.options;
    await Promise.all([...this.consumers, ...this.responders].map((each) => each.stop()));
    await whenDrained?.();
    if (broker.connected) await broker.nc.flush().catch(() => undefined);
  }
}
