import { Clock, Log, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { KeepHistory } from '../steps/keep-history.ts';
import { LookAtDue } from '../steps/look-at-due.ts';

/** Once a second of the installation's clock, and at once again while there is more. */
@Injectable()
export class DueClock extends Ticker {
  constructor(
    clock: Clock,
    log: Log,
    private readonly lookAtDue: LookAtDue,
    private readonly keepHistory: KeepHistory,
  ) {
    super({ everyMs: Math.max(50, clock.realDelay(1000)), log });
  }

  protected override async tick(): Promise<boolean> {
    const more = await this.lookAtDue.run();
    await this.keepHistory.run();
    return more;
  }
}
