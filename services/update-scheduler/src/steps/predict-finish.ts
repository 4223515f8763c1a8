import { Clock } from '@lamplighter/runtime';
import { Injectable } from '@nestjs/common';
import { ForecastStore, Pacer } from '../ports/pacer.ts';

/** Keeps with each window that is sending when it will have released all its devices, and what holds it back. */
@Injectable()
export class PredictFinish {
  private nextLookAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly pacer: Pacer,
    private readonly forecasts: ForecastStore,
  ) {}

  /** For a clock to call; at most for a fiftieth of the time. */
  async run(): Promise<void> {
    const startMs = performance.now();
    if (startMs < this.nextLookAt) return;
    const now = this.clock.now();
    await this.forecasts.predict(now, await this.pacer.holds(now));
    this.nextLookAt = startMs + Math.max((performance.now() - startMs) * 50, 500);
  }
}
