import { AppError, commandExchange } from '@lamplighter/contracts';
import type { Exchange, ExchangeReply } from '@lamplighter/contracts';
import { Coalescer, CONFIG, Requester } from '@lamplighter/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../config.ts';
import { inBatches } from '../domain/exchange-batch.ts';
import { ExchangeQueue } from '../ports.ts';

/** A device does not notice it, and a batch of some costs hardly more than one. */
const WAIT_MS = 20;
const ENOUGH = 32;

/** Exchanges that arrive close together share one request to the command queue. */
@Injectable()
export class NatsExchangeQueue extends ExchangeQueue {
  private readonly coalescer: Coalescer<Exchange, ExchangeReply>;
  private waiting = 0;

  constructor(
    private readonly requester: Requester,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    super();
    this.coalescer = new Coalescer({
      maxBatch: 256,
      maxInFlight: 2,
      waitMs: WAIT_MS,
      enough: ENOUGH,
      keyOf: (exchange) => `${exchange.tenant}/${exchange.deviceId}`,
      run: (batch) => this.exchangeAll(batch),
    });
  }

  override async exchange(exchange: Exchange): Promise<ExchangeReply> {
    if (this.waiting >= this.config.LAMP_GATEWAY_MAX_WAITING) {
      throw new AppError('gateway.overloaded', `${this.waiting} devices wait for the command queue already`, {
        remedy: 'add replicas of command-queue or device-gateway, or raise LAMP_GATEWAY_MAX_WAITING',
      });
    }
    this.waiting += 1;
    try {
      return await this.coalescer.add(exchange);
    } finally {
      this.waiting -= 1;
    }
  }

  /** Fails for the devices of the message that failed, not for those that happened to come along. */
  private async exchangeAll(exchanges: readonly Exchange[]): Promise<ExchangeReply[]> {
    const timeoutMs = this.config.LAMP_GATEWAY_REPLY_SECONDS * 1000;
    const batches = inBatches(exchanges);
    if (batches.length === 1) return this.requester.request(commandExchange, batches[0]!, timeoutMs);
    const settled = await Promise.allSettled(
      batches.map((batch) => this.requester.request(commandExchange, batch, timeoutMs)),
    );
    return settled.flatMap((result, index) =>
      result.status === 'fulfilled' ? result.value : batches[index]!.map(() => ({ outcome: 'unavailable' as const })),
    );
  }
}
