import { Clock, Log, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { RecallStrays } from '../steps/recall-strays.ts';

const EVERY_MS = 60_000;

/** Each minute of the installation's clock: declarations are taken back from devices that went to another policy, or to none. */
@Injectable()
export class StrayClock extends Ticker {
  constructor(
    clock: Clock,
    log: Log,
    private readonly recallStrays: RecallStrays,
  ) {
    super({ everyMs: Math.max(1000, clock.realDelay(EVERY_MS)), log });
  }

  protected override tick(): Promise<void> {
    return this.recallStrays.run();
  }
}
