import { type InputOf, type OutputOf, policyForecast } from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { ForecastPolicy } from '../steps/forecast-policy.ts';
import { LimitFleetReads } from '../steps/limit-fleet-reads.ts';

@Controller()
export class ForecastResponder {
  constructor(
    private readonly forecastPolicy: ForecastPolicy,
    private readonly reads: LimitFleetReads,
  ) {}

  @OnRequest(policyForecast)
  async handle(input: InputOf<typeof policyForecast>): Promise<OutputOf<typeof policyForecast>> {
    return { ok: await this.reads.run(() => this.forecastPolicy.run(input)) };
  }
}
