import { type ItemOf, type Message, windowOpened } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { PlanRollout } from '../steps/plan-rollout.ts';

@Controller()
export class OnWindowOpenedConsumer {
  constructor(private readonly planRollout: PlanRollout) {}

  @OnMessages(windowOpened, { maxBatch: 1, concurrency: 2 })
  async handle(batch: Message<ItemOf<typeof windowOpened>>[]): Promise<void> {
    for (const { tenant, items } of batch) {
      for (const item of items)
        await this.planRollout.run({ tenant, occurrenceId: item.occurrenceId, traceparent: item.traceparent });
    }
  }
}
