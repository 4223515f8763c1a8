import { AppError } from '@lamplighter/contracts';
import { backoffMs } from '@lamplighter/runtime';
import type { Log, OutboxRow, OutboxSource } from '@lamplighter/runtime';
import type { JetStreamPublisher } from './publisher.ts';

export interface RelayOptions {
  source: OutboxSource;
  publisher: Pick<JetStreamPublisher, 'publishAll'>;
  log: Log;
  /** Rows that are published between two deletions. */
  limit?: number;
  /** Whether the broker can be reached: rows are not held while it cannot. */
  online?: () => boolean;
  /** Slow look for rows that another process left behind, in real ms. */
  tickMs?: number;
}

/** From one look to the next: what is staged after a lull goes out at once, a steady trickle together. */
const GATHER_MS = 25;
const PAUSE = { firstMs: 250, mostMs: 15_000 };

/**
 * Publishes what was staged, in order, at least once: after every commit of this process, and on a slow tick for what a
 * process left behind that died. Any number of replicas may do so; the source hands each row to one of them at a time.
 */
export class OutboxRelay {
  private readonly source: OutboxSource;
  private readonly publisher: Pick<JetStreamPublisher, 'publishAll'>;
  private readonly log: Log;
  private readonly limit: number;
  private readonly online: () => boolean;
  private readonly tick: NodeJS.Timeout;
  private running: Promise<void> | undefined;
  private again = false;
  private failures = 0;
  private pauseUntil = 0;
  private lookedAt = -Infinity;
  private soon: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(options: RelayOptions) {
    this.source = options.source;
    this.publisher = options.publisher;
    this.log = options.log;
    this.limit = options.limit ?? 500;
    this.online = options.online ?? (() => true);
    this.source.onStaged(() => this.wake());
    this.tick = setInterval(() => this.wake(), options.tickMs ?? 500).unref();
  }

  /** Publishes what is staged by now. What fails stays staged. */
  async flush(): Promise<void> {
    await this.running;
    this.pauseUntil = 0;
    this.lookedAt = -Infinity;
    this.wake();
    await this.running;
  }

  /** Publishes what is staged by now, then stays quiet. Idempotent. */
  async stop(): Promise<void> {
    if (this.stopped) return;
    await this.flush();
    this.stopped = true;
    clearInterval(this.tick);
    clearTimeout(this.soon);
  }

  private wake(): void {
    this.again = true;
    if (this.stopped || !this.online() || this.running !== undefined || Date.now() < this.pauseUntil) return;
    const restMs = this.lookedAt + GATHER_MS - performance.now();
    if (restMs > 0) return this.wakeIn(restMs);
    this.running = this.drain().finally(() => {
      this.running = undefined;
      // Staged between the last look and now.
      if (this.again) this.wake();
    });
  }

  private wakeIn(ms: number): void {
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      this.wake();
    }, ms).unref();
  }

  private async drain(): Promise<void> {
    this.lookedAt = performance.now();
    try {
      for (let isMore = true; isMore;) {
        this.again = false;
        const published = await this.source.drain(this.limit, (rows) => this.publish(rows));
        isMore = published >= this.limit;
      }
      this.failures = 0;
    } catch (error) {
      const pauseMs = backoffMs(++this.failures, PAUSE);
      this.pauseUntil = Date.now() + pauseMs;
      this.log.warn(
        { err: error, ms: pauseMs },
        'staged messages could not be published; they stay and will be tried again',
      );
    }
  }

  /** One message that can never be published must not hold up all that come after it. */
  private async publish(rows: readonly OutboxRow[]): Promise<void> {
    try {
      await this.publisher.publishAll(rows);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      for (const row of rows) await this.publisher.publishAll([row]).catch((each: unknown) => this.discard(row, each));
    }
  }

  private discard(row: OutboxRow, error: unknown): void {
    if (!isTooLarge(error)) throw error;
    this.log.error(
      { err: error, messageId: row.messageId },
      'a staged message is too large for the broker and is discarded',
    );
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof AppError && error.code === 'message.too-large';
}
