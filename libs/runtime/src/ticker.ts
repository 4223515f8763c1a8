import type { OnApplicationBootstrap, BeforeApplicationShutdown } from '@nestjs/common';
import { EachAlone } from './each-alone.ts';
import type { Log } from './log.ts';

interface Step {
  clock: string;
  step: string;
  run: () => Promise<unknown>;
}

/** Periodic work of a service: never overlaps itself, survives errors, ends before the process does. */
export abstract class Ticker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly everyMs: number;
  protected readonly log: Log;
  private readonly alone: EachAlone<Step>;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  /** @param everyMs real milliseconds between the end of one tick and the start of the next */
  constructor(options: { everyMs: number; log: Log }) {
    this.everyMs = options.everyMs;
    this.log = options.log;
    this.alone = new EachAlone(options.log, 'a step of a periodic task failed', ['clock', 'step']);
  }

  /** One round of work. Return true when there is more to do at once. */
  protected abstract tick(): Promise<boolean | void>;

  /** Steps of a round that do not need each other, in order: one that fails keeps no other from its turn. */
  protected async each(steps: Readonly<Record<string, () => Promise<unknown>>>): Promise<void> {
    const clock = this.constructor.name;
    const all = Object.entries(steps).map(([step, run]): Step => ({ clock, step, run }));
    await this.alone.run(all, ({ run }) => run());
  }

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
