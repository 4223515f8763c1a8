import { CONFIG, Log, Ticker } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { ControlRollout } from '../steps/control-rollout.ts';
import { EndOverdue } from '../steps/end-overdue.ts';
import { HoldBack } from '../steps/hold-back.ts';

/** Ends updates of aborted rollouts, takes back those of rollouts that are held, and ends those by declaration that are overdue. */
@Injectable()
export class EndClock extends Ticker {
  constructor(
    @Inject(CONFIG) config: Config,
    log: Log,
    private readonly controlRollout: ControlRollout,
    private readonly holdBack: HoldBack,
    private readonly endOverdue: EndOverdue,
  ) {
    super({ everyMs: config.LAMP_WINDOW_TICK_MS, log });
  }

  protected override tick(): Promise<void> {
    return this.each({
      'end-aborted': () => this.controlRollout.endAborted(),
      'hold-back': () => this.holdBack.run(),
      'end-overdue': () => this.endOverdue.run(),
    });
  }
}
