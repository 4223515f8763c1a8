import { deviceObserved, type ItemOf, type Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { AdvanceUpdates } from '../steps/advance-updates.ts';

@Controller()
export class OnDeviceObservedConsumer {
  constructor(private readonly advanceUpdates: AdvanceUpdates) {}

  // A message may tell of a hundred devices: more of them at a time are more memory and no fewer statements.
  @OnMessages(deviceObserved, { concurrency: 3, gatherMs: 150, maxBatch: 50 })
  async handle(batch: Message<ItemOf<typeof deviceObserved>>[]): Promise<void> {
    for (const [tenant, messages] of Map.groupBy(batch, (one) => one.tenant)) {
      const news = messages
        .flatMap((one) => one.items)
        .map(({ at, observation, ...rest }) => ({ ...rest, at: new Date(at), what: observation }));
      await this.advanceUpdates.run(tenant, news);
    }
  }
}
