import {
  AppError,
  type Decoder,
  decoderOf,
  type Message,
  type MessageDefinition,
  subjectFilter,
} from '@lamplighter/contracts';
import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  ReplayPolicy,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import type { Broker } from './connection.ts';
import { isForAnother } from './dead-letters.ts';
import type { Delivery } from './delivery.ts';
import { durableOf, streamOf } from './names.ts';
import { Puller } from './puller.ts';
import { MOST_DELIVERIES, outcomeOf, settle, settleAll, type SettleContext } from './settle.ts';
import { Wire } from './wire.ts';

export interface ConsumeOptions {
  /** Most messages that a handler gets at a time. Default 100. */
  maxBatch?: number;
  /**
   * Real milliseconds from one batch that is not full to the next. Default 50: what comes after a lull is handled at once, and
   * a steady trickle in batches, which cost hardly more than one message does.
   */
  gatherMs?: number;
  /** Batches of one process that are handled at a time. Default 1: in order as far as nothing fails. */
  concurrency?: number;
  /** A message that is neither settled nor known to be in hand for this long is delivered again. Default 30,000. */
  ackWaitMs?: number;
}

export type BatchHandler = (batch: Message<unknown>[]) => Promise<void>;

export interface ConsumerOptions extends ConsumeOptions {
  definition: MessageDefinition;
  handler: BatchHandler;
  broker: Broker;
  settling: Omit<SettleContext, 'messageName' | 'prefix' | 'wire'>;
  /** Of events: where a durable that is new begins, in the broker's time; by default at the oldest that is kept. */
  from?: Date;
}

/** What can be handed over: a message for each delivery. */
interface Parsed {
  deliveries: Delivery[];
  messages: Message<unknown>[];
}

/** At this many deliveries a message no longer shares the fate of its batch. */
const ALONE_FROM = 3;
const MAX_ACK_PENDING = 5_000;

/** One durable consumer of one service: pulls, validates, hands over batches, settles each message. */
export class Consumer {
  private readonly options: ConsumerOptions;
  private readonly context: SettleContext;
  private readonly decode: Decoder;
  private readonly puller: Puller;
  private readonly inHand = new Set<Delivery[]>();
  private readonly ackWaitMs: number;
  private heartbeat: NodeJS.Timeout | undefined;
  private loops: Promise<void>[] = [];
  private stopping = false;

  constructor(options: ConsumerOptions) {
    const { definition, broker, settling } = options;
    this.options = options;
    this.ackWaitMs = options.ackWaitMs ?? 30_000;
    this.context = { ...settling, prefix: broker.prefix, messageName: definition.name, wire: new Wire(broker.nc) };
    this.decode = decoderOf(definition);
    this.puller = new Puller({
      broker,
      stream: streamOf(broker.prefix, definition),
      durable: durableOf(settling.service, definition.name),
      capacity: this.maxBatch * (options.concurrency ?? 1),
      gatherMs: options.gatherMs ?? 50,
      ensure: () => this.ensureOnStream(),
      log: settling.log,
    });
  }

  async start(): Promise<void> {
    await this.puller.start();
    this.heartbeat = setInterval(() => this.keepAlive(), this.ackWaitMs / 3).unref();
    this.loops = Array.from({ length: this.options.concurrency ?? 1 }, () => this.run());
  }

  /** Pulls no more and returns when what is in hand is settled. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.puller.stop();
    await Promise.all(this.loops);
    clearInterval(this.heartbeat);
  }

  private get maxBatch(): number {
    return this.options.maxBatch ?? 100;
  }

  private async ensureOnStream(): Promise<void> {
    try {
      await this.ensure();
    } catch (error) {
      if (!isNoStream(error)) throw error;
      await this.options.broker.putStreamsInPlace();
      await this.ensure();
    }
  }

  /** The server's own bound on deliveries would strand a message on a work queue: `settle` has the bound instead. */
  private async ensure(): Promise<void> {
    const { broker, definition, settling, from } = this.options;
    const manager = await jetstreamManager(broker.nc, { timeout: 5_000, checkAPI: false });
    const durable = durableOf(settling.service, definition.name);
    // Where a durable began cannot be changed: one that is there goes on from where it is.
    if (from && (await isThere(manager, streamOf(broker.prefix, definition), durable))) return;
    const wanted = {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: from ? DeliverPolicy.StartTime : DeliverPolicy.All,
      replay_policy: ReplayPolicy.Instant,
      filter_subject: subjectFilter(broker.prefix, definition),
      ack_wait: nanos(this.ackWaitMs),
      max_ack_pending: MAX_ACK_PENDING,
      max_deliver: -1,
    };
    const begin = from ? { opt_start_time: from.toISOString() } : {};
    const { config } = await manager.consumers.add(streamOf(broker.prefix, definition), { ...wanted, ...begin });
    const ignored = (Object.keys(wanted) as (keyof typeof wanted)[]).filter((key) => config[key] !== wanted[key]);
    if (ignored.length > 0) {
      throw new AppError(
        'broker.settings-ignored',
        `consumer ${wanted.durable_name} is not as it was asked for: ${ignored.join(', ')}`,
        {
          remedy: 'use a NATS server that knows these settings, with limits that allow them',
        },
      );
    }
  }

  private async run(): Promise<void> {
    for (;;) {
      const deliveries = await this.puller.take(this.maxBatch);
      if (deliveries.length === 0) return;
      this.inHand.add(deliveries);
      try {
        await this.handle(deliveries);
      } finally {
        this.inHand.delete(deliveries);
      }
    }
  }

  private keepAlive(): void {
    for (const deliveries of this.inHand) for (const delivery of deliveries) delivery.working();
    for (const delivery of this.puller.waiting) delivery.working();
  }

  private async handle(given: Delivery[]): Promise<void> {
    const { deliveries, messages } = await this.parseAll(given);
    if (messages.length === 0) return;
    const failure = await this.attempt(messages);
    if (failure === undefined || messages.length === 1 || this.sharesOutage(deliveries, failure)) {
      return settleAll(deliveries, failure, this.context);
    }
    for (const [n, delivery] of deliveries.entries()) {
      if (this.stopping) delivery.nak(0);
      else await settle(delivery, await this.attempt([messages[n]!]), this.context);
    }
  }

  /** Something that all need is down: one by one they would only wait for it one by one. */
  private sharesOutage(deliveries: readonly Delivery[], failure: unknown): boolean {
    const worst = Math.max(...deliveries.map(({ count }) => count));
    return worst < ALONE_FROM && failure instanceof AppError && outcomeOf(failure, worst) === 'retry';
  }

  /** The messages that can be handled; the others are settled here. */
  private async parseAll(deliveries: Delivery[]): Promise<Parsed> {
    const good: Parsed = { deliveries: [], messages: [] };
    for (const delivery of deliveries) {
      if (isForAnother(delivery, this.context.service)) {
        delivery.ack();
        continue;
      }
      const parsed = delivery.count > MOST_DELIVERIES ? gaveUp(delivery) : this.parse(delivery);
      if (parsed instanceof AppError) await settle(delivery, parsed, this.context);
      else {
        good.deliveries.push(delivery);
        good.messages.push(parsed);
      }
    }
    return good;
  }

  private parse(delivery: Delivery): Message<unknown> | AppError {
    try {
      return this.decode(delivery.text(), delivery);
    } catch (error) {
      if (error instanceof AppError) return error;
      // Whatever its publisher thought of: thrown on, it would end this process, and each that gets it next.
      return new AppError('message.invalid', `a message cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }

  /** The error of a failed attempt, never undefined for one. */
  private async attempt(messages: readonly Message<unknown>[]): Promise<unknown> {
    try {
      await this.options.handler([...messages]);
      return undefined;
    } catch (error) {
      return error ?? new Error('a handler failed without an error');
    }
  }
}

async function isThere(manager: JetStreamManager, stream: string, durable: string): Promise<boolean> {
  try {
    await manager.consumers.info(stream, durable);
    return true;
  } catch (error) {
    if (isNoConsumer(error)) return false;
    throw error;
  }
}

const CONSUMER_NOT_FOUND = 10014;
const STREAM_NOT_FOUND = 10059;

export function isNoConsumer(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === CONSUMER_NOT_FOUND;
}

function isNoStream(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND;
}

function gaveUp(delivery: Delivery): AppError {
  return new AppError('message.gave-up', `delivered ${delivery.count} times and never settled`);
}
