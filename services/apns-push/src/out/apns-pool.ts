import type { ApnsAnswer } from '../domain/apns-answer.ts';
import { ApnsConnection } from './apns-connection.ts';
import type { ApnsEndpoint } from './apns-connection.ts';
import type { ApnsRequest } from './apns-request.ts';
import { Deque } from './deque.ts';

export interface PoolOptions {
  endpoint: ApnsEndpoint;
  connections: number;
  /** A connection could not be made or was lost. Told once until one works again. */
  onTrouble: (error: Error) => void;
}

const SWEEP_MS = 100;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5000;

/** The connections of one certificate. Each push goes to the one with the least in flight, so that a slow one gets fewer. */
export class ApnsPool {
  private readonly options: PoolOptions;
  private readonly queue = new Deque<ApnsRequest>();
  private connections: ApnsConnection[] = [];
  private failures = 0;
  private connectAt = 0;
  /** When answers last came, as of the last sweep; and whether any came since. */
  private answeredAt = -Infinity;
  private hasAnswered = false;
  private sweeper: NodeJS.Timeout | undefined;
  private isClosed = false;
  private isDestroyed = false;

  constructor(options: PoolOptions) {
    this.options = options;
  }

  /** It may wait for a connection, and for its turn on one. */
  send(request: ApnsRequest): void {
    this.queue.push(request);
    this.pump();
  }

  /** Finishes what runs and what waits, then closes its connections. */
  retire(): void {
    this.isClosed = true;
    this.pump();
  }

  /** Ends everything at once; what runs and waits is answered with status 0. */
  destroy(): void {
    this.isClosed = true;
    this.isDestroyed = true;
    for (const waiting of this.queue.drain()) waiting.done({ status: 0, reason: 'ConnectionLost' });
    for (const connection of this.connections) connection.destroy();
    this.rest();
  }

  private pump(): void {
    if (!this.connections.every(isUsable)) this.connections = this.connections.filter(isUsable);
    while (this.queue.length > 0) {
      const connection = this.leastLoaded();
      if (connection === undefined) break;
      connection.send(this.queue.shift()!);
    }
    if (this.queue.length > 0) {
      this.grow();
      this.sweeper ??= setInterval(() => this.sweep(), SWEEP_MS);
    } else {
      this.rest();
      if (this.isClosed) for (const connection of this.connections) connection.leave();
    }
  }

  private settle(request: ApnsRequest, answer: ApnsAnswer | undefined): void {
    if (answer === undefined && !this.isOver(request, performance.now())) return this.queue.unshift(request);
    if (answer !== undefined && answer.status > 0) {
      this.failures = 0;
      this.hasAnswered = true;
    }
    request.done(answer ?? { status: 0, reason: 'Refused' });
  }

  private leastLoaded(): ApnsConnection | undefined {
    let best: ApnsConnection | undefined;
    for (const connection of this.connections) {
      if (connection.free > 0 && (best === undefined || connection.inFlight < best.inFlight)) best = connection;
    }
    return best;
  }

  /** One attempt at a time, and after failures only after a pause. */
  private grow(): void {
    const isEnough = this.connections.length >= this.options.connections;
    if (isEnough || this.connections.some((connection) => connection.isConnecting)) return;
    if (performance.now() < this.connectAt) return;
    try {
      this.connections.push(
        new ApnsConnection(this.options.endpoint, {
          settled: (request, answer) => this.settle(request, answer),
          changed: () => this.pump(),
          failed: (error) => this.onFailure(error),
        }),
      );
    } catch (error) {
      this.onFailure(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private onFailure(error: Error): void {
    this.failures += 1;
    const wait = Math.min(FIRST_WAIT_MS * 2 ** (this.failures - 1), LONGEST_WAIT_MS);
    this.connectAt = performance.now() + wait * (0.5 + Math.random() / 2);
    if (this.failures === 1) this.options.onTrouble(error);
  }

  /** While answers come, what waits will have its turn: APNs or this process is slow, not away. */
  private isOver({ patience }: ApnsRequest, now: number): boolean {
    if (this.isDestroyed || now >= patience.untilMs) return true;
    return now >= patience.deadlineMs && now - this.answeredAt > this.options.endpoint.timeoutMs;
  }

  private sweep(): void {
    const now = performance.now();
    if (this.hasAnswered) this.answeredAt = now;
    this.hasAnswered = false;
    for (const waiting of this.queue.removeIf((one) => this.isOver(one, now))) {
      waiting.done({ status: 0, reason: this.failures > 0 ? 'ConnectionFailed' : 'Busy' });
    }
    this.pump();
  }

  private rest(): void {
    clearInterval(this.sweeper);
    this.sweeper = undefined;
  }
}

const isUsable = (connection: ApnsConnection): boolean => connection.isUsable;
