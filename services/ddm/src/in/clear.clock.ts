import { Clock, Log, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { ClearUnused } from '../steps/clear-unused.ts';

const HOUR_MS = 3_600_000;

/** Once an hour of the installation's clock. */
@Injectable()
export class ClearClock extends Ticker {
  constructor(
    clock: Clock,
    log: Log,
    private readonly step: ClearUnused,
  ) {
    super({ everyMs: Math.max(1000, clock.realDelay(HOUR_MS)), log });
  }

  protected override tick(): Promise<void> {
    return this.step.run();
  }
}
