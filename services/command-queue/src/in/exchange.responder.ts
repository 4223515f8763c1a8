import {
  answerAnnounce,
  commandExchange,
  type Exchange,
  type ExchangeReply,
  type InputOf,
  type OutputOf,
} from '@lamplighter/contracts';
import { OnRequest } from '@lamplighter/messaging';
import { Coalescer, CONFIG } from '@lamplighter/runtime';
import { Controller, Inject } from '@nestjs/common';
import type { Config } from '../config.ts';
import { fitReplies } from '../domain/fit-replies.ts';
import { AnnounceAnswer } from '../steps/announce-answer.ts';
import { ExchangeCommand } from '../steps/exchange-command.ts';

/** Gathers the connections that several gateways hand over within a millisecond; those of one device take turns. */
@Controller()
export class ExchangeResponder {
  private readonly coalescer: Coalescer<Exchange, ExchangeReply>;
  /** The last turn of each device that is being served now. */
  private readonly turns = new Map<string, Promise<ExchangeReply>>();

  constructor(
    step: ExchangeCommand,
    private readonly announceAnswer: AnnounceAnswer,
    @Inject(CONFIG) config: Config,
  ) {
    this.coalescer = new Coalescer<Exchange, ExchangeReply>({
      maxBatch: config.LAMP_EXCHANGE_BATCH,
      maxInFlight: config.LAMP_EXCHANGE_IN_FLIGHT,
      waitMs: 1,
      run: (batch) => step.run(batch),
    });
  }

  @OnRequest(commandExchange)
  async handle(input: Exchange[]): Promise<ExchangeReply[]> {
    return fitReplies(await Promise.all(input.map((exchange) => this.inTurn(exchange))));
  }

  @OnRequest(answerAnnounce)
  announce(input: InputOf<typeof answerAnnounce>): Promise<OutputOf<typeof answerAnnounce>> {
    return this.announceAnswer.run(input);
  }

  private async inTurn(exchange: Exchange): Promise<ExchangeReply> {
    const device = `${exchange.tenant} ${exchange.deviceId}`;
    const before = this.turns.get(device);
    const serve = () => this.coalescer.add(exchange);
    const turn = before === undefined ? serve() : before.then(serve, serve);
    this.turns.set(device, turn);
    try {
      return await turn;
    } finally {
      if (this.turns.get(device) === turn) this.turns.delete(device);
    }
  }
}
