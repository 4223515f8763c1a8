import {
  type BaseConfig,
  CONFIG,
  HealthChecks,
  Log,
  MICROSERVICE_STRATEGY,
  OutboxSource,
  Publisher,
  Requester,
  Shutdown,
} from '@lamplighter/runtime';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { Answers } from './answers.ts';
import { Broker, connectBroker } from './connection.ts';
import { Consumers } from './consumers.ts';
import { DeadLetterBox } from './dead-letter-box.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { PublishWindow } from './publish-window.ts';
import { JetStreamPublisher } from './publisher.ts';
import { NatsRequester } from './requests.ts';
import { JetStreamServer } from './server.ts';

/** Everything of a service that talks to the broker: Publisher, Requester, Answers, its consumers, its outbox relay. */
export class MessagingModule {
  static forService(service: string): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [...connectionProviders(service), ...serverProviders(service)],
      exports: [Broker, Publisher, Requester, Answers, Consumers, DeadLetterBox],
    };
  }
}
// Called, not written with @: libs run under node's type stripping.
Module({})(MessagingModule);

function connectionProviders(service: string): Provider[] {
  return [
    {
      provide: Broker,
      inject: [CONFIG, Log, HealthChecks, Shutdown],
      useFactory: async (config: BaseConfig, log: Log, health: HealthChecks, shutdown: Shutdown) => {
        const broker = await connectBroker({
          url: config.LAMP_NATS_URL,
          credsFile: config.LAMP_NATS_CREDS_FILE,
          tlsCa: config.LAMP_NATS_TLS_CA,
          manageStreams: config.LAMP_NATS_MANAGE_STREAMS,
          prefix: config.LAMP_NATS_PREFIX,
          replicas: config.LAMP_NATS_REPLICAS,
          maxBytes: config.LAMP_NATS_MAX_BYTES,
          service,
          log,
        });
        shutdown.last(() => broker.close());
        health.register('nats', () => broker.problem());
        return broker;
      },
    },
    {
      provide: PublishWindow,
      inject: [Broker],
      useFactory: (broker: Broker) => new PublishWindow(broker),
    },
    {
      provide: Publisher,
      inject: [PublishWindow, Broker],
      useFactory: (window: PublishWindow, broker: Broker) => new JetStreamPublisher(window, broker.prefix),
    },
    {
      provide: Requester,
      inject: [Broker],
      useFactory: (broker: Broker) => new NatsRequester(broker),
    },
    {
      provide: Answers,
      inject: [Broker, CONFIG],
      useFactory: (broker: Broker, { LAMP_NATS_REPLICAS: replicas, LAMP_NATS_MAX_BYTES: maxBytes }: BaseConfig) =>
        new Answers(broker, { replicas, maxBytes }),
    },
    {
      provide: Consumers,
      inject: [Broker, PublishWindow, Log],
      useFactory: (broker: Broker, window: PublishWindow, log: Log) => new Consumers(service, broker, window, log),
    },
    {
      provide: DeadLetterBox,
      inject: [Broker, PublishWindow],
      useFactory: (broker: Broker, window: PublishWindow) => new DeadLetterBox(broker, window),
    },
  ];
}

function serverProviders(service: string): Provider[] {
  return [
    {
      // Undefined in a service without an outbox.
      provide: OutboxRelay,
      inject: [Publisher, Broker, Log, Shutdown, { token: OutboxSource, optional: true }],
      useFactory: (...given: [JetStreamPublisher, Broker, Log, Shutdown, OutboxSource?]) => {
        const [publisher, broker, log, shutdown, source] = given;
        if (source === undefined) return undefined;
        const relay = new OutboxRelay({ source, publisher, log, online: () => broker.connected });
        // Both: whichever of the database and the broker closes first, the relay has stopped before.
        shutdown.last(() => relay.stop());
        broker.beforeClose(() => relay.stop());
        return relay;
      },
    },
    {
      provide: JetStreamServer,
      inject: [Broker, PublishWindow, DiscoveryService, Log, { token: OutboxRelay, optional: true }],
      useFactory: (broker: Broker, window: PublishWindow, discovery: DiscoveryService, log: Log, relay?: OutboxRelay) =>
        new JetStreamServer({
          service,
          broker,
          window,
          discovery,
          log,
          whenDrained: async () => relay?.flush(),
        }),
    },
    { provide: MICROSERVICE_STRATEGY, useExisting: JetStreamServer },
  ];
}
