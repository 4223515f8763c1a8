import { CONFIG, Log, Ticker } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { ControlRollout } from '../steps/control-rollout.ts';
import { EndOverdue } from '../steps/end-overdue.ts';

/** Ends updates of aborted rollouts, and those by declaration that are overdue. */
@Injectable()
export class EndClock extends Ticker {
  constructor(
    @Inject(CONFIG) config: Config,
    log: Log,
    private readonly controlRollout: ControlRollout,
    private readonly endOverdue: EndOverdue,
  ) {
    super({ everyMs: config.LAMP_WINDOW_TICK_MS, log });
  }

  protected override async tick(): Promise<void> {
    await this.controlRollout.endAborted();
    await this.endOverdue.run();
  }
}
