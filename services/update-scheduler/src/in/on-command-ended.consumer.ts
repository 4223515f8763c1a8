import { commandEnded, type ItemOf, type Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { AdvanceUpdates } from '../steps/advance-updates.ts';

@Controller()
export class OnCommandEndedConsumer {
  constructor(private readonly advanceUpdates: AdvanceUpdates) {}

  @OnMessages(commandEnded, { gatherMs: 150 })
  async handle(batch: Message<ItemOf<typeof commandEnded>>[]): Promise<void> {
    for (const [tenant, messages] of Map.groupBy(batch, (one) => one.tenant)) {
      const news = messages
        .flatMap((one) => one.items)
        .map(({ deviceId, commandId, endedAt, outcome, reason, detail, handedOver, notNowCount }) => ({
          deviceId,
          commandId,
          at: new Date(endedAt),
          what: { kind: 'ended', outcome, reason, detail, handedOver, notNowCount } as const,
        }));
      await this.advanceUpdates.run(tenant, news);
    }
  }
}
