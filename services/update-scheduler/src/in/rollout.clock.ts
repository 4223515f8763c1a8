import { CONFIG, Log, Ticker } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { JudgeRings } from '../steps/judge-rings.ts';
import { PredictFinish } from '../steps/predict-finish.ts';

/** Judges the rings of rollouts whose windows send, and predicts when those will be through. */
@Injectable()
export class RolloutClock extends Ticker {
  constructor(
    @Inject(CONFIG) config: Config,
    log: Log,
    private readonly judgeRings: JudgeRings,
    private readonly predictFinish: PredictFinish,
  ) {
    super({ everyMs: config.LAMP_WINDOW_TICK_MS, log });
  }

  protected override tick(): Promise<void> {
    return this.each({
      'judge-rings': () => this.judgeRings.run(),
      'predict-finish': () => this.predictFinish.run(),
    });
  }
}
