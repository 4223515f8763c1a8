import { Clock, CONFIG, Log, Ticker } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { WatchDevices } from '../steps/watch-devices.ts';

const EVERY_MS = 30_000;

/** Keeps looking at the fleet, a part at a time, and takes the steps that are due. */
@Injectable()
export class WatchClock extends Ticker {
  private readonly isOn: boolean;

  constructor(
    @Inject(CONFIG) config: Config,
    log: Log,
    clock: Clock,
    private readonly watchDevices: WatchDevices,
  ) {
    super({ everyMs: Math.max(clock.realDelay(EVERY_MS), 500), log });
    this.isOn = config.LAMP_WATCH === 'on';
  }

  protected override async tick(): Promise<boolean> {
    if (!this.isOn) return false;
    const isMore = await this.watchDevices.look();
    if (!isMore) await this.watchDevices.act();
    return isMore;
  }
}
