import type { OnApplicationBootstrap, BeforeApplicationShutdown } from '@nestjs/common';
import type { Log } from './log.ts';

/** Periodic work of a service: never overlaps itself, survives errors, ends before the process does. */
export abstract class Ticker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly everyMs: number;
  protected readonly log: Log;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  /** @param everyMs real milliseconds between the end of one tick and the start of the next */
  constructor(options: { everyMs: number; log: Log }) {
    this.everyMs = options.everyMs;
    this.log = options.log;
  }

  /** One round of work. Return true when there is more to do at once. */
  protected abstract tick(): Promise<boolean | void>;

  onApplicationBootstrap(): void {
    this.schedule(0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(delayMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.runOnce();
    }, delayMs);
  }

  private async runOnce(): Promise<void> {
    let more: boolean | void = false;
    try {
      more = await this.tick();
    } catch (error) {
      this.log.error({ err: error, clock: this.constructor.name }, 'a periodic task failed; it will be tried again');
    }
    this.schedule(more === true ? 0 : this.everyMs);
  }
}
