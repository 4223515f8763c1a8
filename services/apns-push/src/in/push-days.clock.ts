import { Log, Ticker } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { KeepPushDays } from '../steps/keep-push-days.ts';

@Injectable()
export class PushDaysClock extends Ticker {
  constructor(
    private readonly step: KeepPushDays,
    log: Log,
  ) {
    super({ everyMs: 30_000, log });
  }

  protected override async tick(): Promise<void> {
    await this.step.run();
  }
}
