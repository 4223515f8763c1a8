import { commandExpired, type ItemOf, type Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { AdvanceUpdates } from '../steps/advance-updates.ts';

@Controller()
export class OnCommandExpiredConsumer {
  constructor(private readonly advanceUpdates: AdvanceUpdates) {}

  @OnMessages(commandExpired)
  async handle(batch: Message<ItemOf<typeof commandExpired>>[]): Promise<void> {
    for (const [tenant, messages] of Map.groupBy(batch, (one) => one.tenant)) {
      const news = messages
        .flatMap((one) => one.items)
        .map(({ deviceId, commandId, expiredAt, handedOver, voided }) => ({
          deviceId,
          commandId,
          at: new Date(expiredAt),
          what: { kind: 'expired', handedOver, voided } as const,
        }));
      await this.advanceUpdates.run(tenant, news);
    }
  }
}
