import { type ItemOf, type Message, rolloutPlanned } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { DeclareSettings } from '../steps/declare-settings.ts';

@Controller()
export class OnRolloutPlannedConsumer {
  constructor(private readonly declareSettings: DeclareSettings) {}

  @OnMessages(rolloutPlanned, { maxBatch: 1, concurrency: 2 })
  async handle(batch: Message<ItemOf<typeof rolloutPlanned>>[]): Promise<void> {
    for (const { tenant, items } of batch) {
      for (const { occurrenceId } of items) await this.declareSettings.run({ tenant, occurrenceId });
    }
  }
}
