import { Log, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { SweepDeliveries } from '../steps/sweep-deliveries.ts';

/** Once a minute. */
@Injectable()
export class SweepDeliveriesClock extends Ticker {
  constructor(
    log: Log,
    private readonly step: SweepDeliveries,
  ) {
    super({ everyMs: 60_000, log });
  }

  protected override tick(): Promise<void> {
    return this.step.run();
  }
}
