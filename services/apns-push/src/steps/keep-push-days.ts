import { Clock, CONFIG } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { dayOf } from '../domain/day.ts';
import { PushDays } from '../ports.ts';

/** Days made ahead: with a clock that runs fast, days pass between two ticks. */
const AHEAD = 3;

/** Makes the days that are coming, drops those that are over. */
@Injectable()
export class KeepPushDays {
  private readonly made = new Set<string>();
  private droppedBefore = '';

  constructor(
    private readonly days: PushDays,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async run(): Promise<void> {
    const now = this.clock.now();
    for (let ahead = 0; ahead <= AHEAD; ahead += 1) {
      const day = dayOf(now, ahead);
      if (this.made.has(day)) continue;
      await this.days.make(day);
      this.made.add(day);
    }
    const oldest = dayOf(now, -this.config.LAMP_PUSH_DAYS);
    if (oldest === this.droppedBefore) return;
    await this.days.dropBefore(oldest);
    this.droppedBefore = oldest;
  }
}
