import { Clock, Log, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { TellOfChanges } from '../steps/tell-of-changes.ts';

/** Several times a second of the installation's clock, and at once again while there is more. */
@Injectable()
export class ChangesClock extends Ticker {
  constructor(
    clock: Clock,
    log: Log,
    private readonly step: TellOfChanges,
  ) {
    super({ everyMs: Math.max(50, clock.realDelay(500)), log });
  }

  protected override tick(): Promise<boolean> {
    return this.step.run();
  }
}
