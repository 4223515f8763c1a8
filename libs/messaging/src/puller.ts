import { backoffMs } from '@lamplighter/runtime';
import type { Log } from '@lamplighter/runtime';
import { type Msg, nanos, type Subscription } from '@nats-io/nats-core';
import { setTimeout as delay } from 'node:timers/promises';
import type { Broker } from './connection.ts';
import { Delivery } from './delivery.ts';

export interface PullerOptions {
  broker: Broker;
  stream: string;
  durable: string;
  /** Most deliveries that wait here to be taken. */
  capacity: number;
  /** Real milliseconds between two takes that are not full: what comes after a lull is taken at once, a steady trickle is gathered. */
  gatherMs: number;
  /** Creates the durable where it is missing. */
  ensure: () => Promise<void>;
  log: Log;
}

const EXPIRES_MS = 30_000;
const HEARTBEAT_MS = 2_000;
const SILENCE_MS = 5_000;
const IDLE = 100;
const ENDED = new Set([404, 408]);

/**
 * Pulls from a durable as fast as deliveries are taken, never more than fit. The client library's own iterator pulls
 * ahead where it cannot be told to keep the deliveries alive, and does not create a durable that vanished; this does both.
 */
export class Puller {
  private readonly options: PullerOptions;
  private readonly inbox: string;
  private readonly buffer: Delivery[] = [];
  private readonly takers: (() => void)[] = [];
  /** As many deliveries as wake a taker. */
  private wanted = 1;
  private takenAt = -Infinity;
  private subscription: Subscription | undefined;
  private watch: NodeJS.Timeout | undefined;
  /** Deliveries that were asked for and have not come. */
  private outstanding = 0;
  /** The last pull, and the last before things were put in place anew: what is heard of that and earlier ones is stale. */
  private pull = 0;
  private stale = 0;
  private heardAt = Date.now();
  private recovering = false;
  private stopped = false;

  constructor(options: PullerOptions) {
    this.options = options;
    this.inbox = options.broker.inbox();
  }

  async start(): Promise<void> {
    const { broker, ensure } = this.options;
    await ensure();
    this.subscription = broker.nc.subscribe(`${this.inbox}.*`, {
      callback: (error, msg) => this.onMessage(error, msg),
    });
    this.watch = setInterval(() => this.checkSilence(), HEARTBEAT_MS).unref();
    broker.onReconnect(() => void this.recover());
    this.refill();
  }

  /** What has arrived, at most `max`; waits for the first, and `gatherMs` after the last take for more. Empty only once stopped. */
  async take(max: number): Promise<Delivery[]> {
    for (;;) {
      while (this.buffer.length === 0 && !this.stopped) await new Promise<void>((resolve) => this.takers.push(resolve));
      const restMs = this.takenAt + this.options.gatherMs - performance.now();
      if (this.stopped || this.buffer.length >= max || restMs <= 0) break;
      await this.gather(max, restMs);
    }
    const taken = this.buffer.splice(0, max);
    this.takenAt = performance.now();
    this.wanted = 1;
    this.refill();
    if (this.buffer.length > 0) this.wake();
    return taken;
  }

  /** Until `max` have come, or for so long. */
  private async gather(max: number, ms: number): Promise<void> {
    this.wanted = max;
    this.refill();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      this.takers.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Deliveries that nobody has taken yet. */
  get waiting(): readonly Delivery[] {
    return this.buffer;
  }

  /** Pulls no more; what was not taken goes back to the stream at once. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    clearInterval(this.watch);
    this.subscription?.unsubscribe();
    for (const delivery of this.buffer.splice(0)) delivery.nak(0);
    this.wake();
  }

  private onMessage(error: Error | null, msg: Msg): void {
    if (error || this.stopped) return;
    if (Delivery.isDelivery(msg)) {
      this.heardAt = Date.now();
      this.outstanding = Math.max(0, this.outstanding - 1);
      this.buffer.push(new Delivery(msg));
      if (this.buffer.length >= this.wanted) this.wake();
      return this.refill();
    }
    if (Number(msg.subject.slice(this.inbox.length + 1)) > this.stale) this.onStatus(msg);
  }

  private onStatus(msg: Msg): void {
    this.heardAt = Date.now();
    const code = msg.headers?.code ?? 0;
    if (code === IDLE) return;
    if (ENDED.has(code)) {
      const left = Number(msg.headers?.get('Nats-Pending-Messages') || this.outstanding);
      this.outstanding = Math.max(0, this.outstanding - left);
      return this.refill();
    }
    this.options.log.warn(
      { durable: this.options.durable, status: `${code} ${msg.headers?.description ?? ''}` },
      'a pull ended early; pulling again',
    );
    void this.recover();
  }

  private wake(): void {
    while (this.takers.length > 0) this.takers.shift()!();
  }

  /** Asks for more before all has come that was asked for: a broker that has to wait for the next pull works in fits and starts. */
  private refill(): void {
    const { capacity, stream, durable, broker } = this.options;
    const expected = this.outstanding + this.buffer.length;
    if (this.stopped || this.recovering || (expected > capacity / 2 && expected >= this.wanted)) return;
    const batch = capacity - expected;
    this.outstanding += batch;
    this.pull += 1;
    this.heardAt = Date.now();
    const pull = { batch, expires: nanos(EXPIRES_MS), idle_heartbeat: nanos(HEARTBEAT_MS) };
    broker.nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`, JSON.stringify(pull), {
      reply: `${this.inbox}.${this.pull}`,
    });
  }

  /** The server says something every two seconds while a pull is open: silence means that it lost them. */
  private checkSilence(): void {
    const silent = this.outstanding > 0 && Date.now() - this.heardAt > SILENCE_MS;
    if (silent && this.options.broker.connected) void this.recover();
  }

  private async recover(): Promise<void> {
    if (this.recovering || this.stopped) return;
    this.recovering = true;
    for (let failures = 1; !this.stopped; failures++) {
      try {
        await this.options.ensure();
        break;
      } catch (error) {
        this.options.log.warn(
          { durable: this.options.durable, err: error },
          'the durable is not in place yet; trying again',
        );
        await delay(backoffMs(failures, { firstMs: 100, mostMs: 5_000 }), undefined, { ref: false });
      }
    }
    this.recovering = false;
    this.stale = this.pull;
    this.outstanding = 0;
    this.refill();
  }
}
