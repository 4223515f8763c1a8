import { commandExchange, type Exchange, type ExchangeReply } from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Coalescer, CONFIG } from '@lamplighter/runtime';
import { Controller, Inject } from '@nestjs/common';
import type { Config } from '../config.ts';
import { ExchangeCommand } from '../steps/exchange-command.ts';

/** Gathers the connections that several gateways hand over within a millisecond. */
@Controller()
export class ExchangeResponder {
  private readonly coalescer: Coalescer<Exchange, ExchangeReply>;

  constructor(step: ExchangeCommand, @Inject(CONFIG) config: Config) {
    this.coalescer = new Coalescer<Exchange, ExchangeReply>({
      maxBatch: config.LAMP_EXCHANGE_BATCH,
      maxInFlight: config.LAMP_EXCHANGE_IN_FLIGHT,
      waitMs: 1,
      run: (batch) => step.run(batch),
      keyOf: (exchange) => `${exchange.tenant} ${exchange.deviceId}`,
    });
  }

  @OnRequest(commandExchange)
  async handle(input: Exchange[]): Promise<ExchangeReply[]> {
    return Promise.all(input.map((exchange) => this.coalescer.add(exchange)));
  }
}
