import { AppError, type InputOf, type PolicyForecast, type policyForecast } from '@lamplighter/contracts';
import { Clock, CONFIG } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { OutlookStore } from '../ports/assignment.ts';
import type { Config } from '../config.ts';
import { forecastOf } from '../domain/forecast.ts';
import { nextOccurrence } from '../domain/next-window.ts';
import { heldBy } from './look-ahead.ts';

/** Predicts the next opening of a policy's windows: how many devices, at which rate, and whether they fit. */
@Injectable()
export class ForecastPolicy {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly outlooks: OutlookStore,
  ) {}

  async run({ tenant, policyId }: InputOf<typeof policyForecast>): Promise<PolicyForecast> {
    const terms = await this.outlooks.terms(tenant, policyId);
    if (!terms)
      throw new AppError('policy.not-found', `there is no policy ${policyId} in this tenant`, { outcome: 'drop' });
    const now = this.clock.now();
    const spec = { ...terms.spec, emergency: terms.emergency };
    // The day decides which rings have come: that of the default zone stands for all.
    const next = nextOccurrence(terms.windows, spec, undefined, now);
    const counted = await this.outlooks.count(terms, next?.localDate ?? now.toISOString().slice(0, 10), now);
    const mostPerMinute = this.config.LAMP_FIRST_COMMANDS_PER_MINUTE;
    return {
      policyId,
      policyName: terms.policyName,
      heldBy: heldBy(terms),
      ...forecastOf({ spec, windows: terms.windows, mostPerMinute, now }, counted),
      now: now.toISOString(),
    };
  }
}
