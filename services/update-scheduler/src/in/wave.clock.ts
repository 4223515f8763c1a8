import { CONFIG, Log, Ticker } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { ReleaseWave } from '../steps/release-wave.ts';

const AT_A_TIME = 2;

/** Releases waves that are due. */
@Injectable()
export class WaveClock extends Ticker {
  constructor(
    @Inject(CONFIG) config: Config,
    log: Log,
    private readonly releaseWave: ReleaseWave,
  ) {
    super({ everyMs: config.LAMP_WAVE_TICK_MS, log });
  }

  protected override async tick(): Promise<boolean> {
    const released = await Promise.all(Array.from({ length: AT_A_TIME }, () => this.releaseWave.run()));
    return released.some((one) => one);
  }
}
