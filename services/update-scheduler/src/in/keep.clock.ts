import { Clock, Log, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { KeepUpdates } from '../steps/keep-updates.ts';

const EVERY_MS = 60_000;

/** Goes through rollouts that are over. */
@Injectable()
export class KeepClock extends Ticker {
  constructor(
    clock: Clock,
    log: Log,
    private readonly keepUpdates: KeepUpdates,
  ) {
    super({ everyMs: Math.max(clock.realDelay(EVERY_MS), 500), log });
  }

  protected override tick(): Promise<boolean> {
    return this.keepUpdates.run();
  }
}
