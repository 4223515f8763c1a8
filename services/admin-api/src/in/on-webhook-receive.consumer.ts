import { type ItemOf, type Message, webhookReceive } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { ReceiveEvents } from '../steps/receive-events.ts';

@Controller()
export class OnWebhookReceiveConsumer {
  constructor(private readonly step: ReceiveEvents) {}

  @OnMessages(webhookReceive, { maxBatch: 64, concurrency: 2 })
  async handle(batch: Message<ItemOf<typeof webhookReceive>>[]): Promise<void> {
    await this.step.run(batch);
  }
}
