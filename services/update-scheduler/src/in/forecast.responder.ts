import { type InputOf, type OutputOf, policyForecast } from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { ForecastPolicy } from '../steps/forecast-policy.ts';

@Controller()
export class ForecastResponder {
  constructor(private readonly forecastPolicy: ForecastPolicy) {}

  @OnRequest(policyForecast)
  async handle(input: InputOf<typeof policyForecast>): Promise<OutputOf<typeof policyForecast>> {
    return { ok: await this.forecastPolicy.run(input) };
  }
}
