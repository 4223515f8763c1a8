import { deviceLeft, type ItemOf, type Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { AdvanceUpdates } from '../steps/advance-updates.ts';

/** A device that leaves has no command outstanding for an update by declaration: nothing else tells that it is over. */
@Controller()
export class OnDeviceLeftConsumer {
  constructor(private readonly advanceUpdates: AdvanceUpdates) {}

  @OnMessages(deviceLeft)
  async handle(batch: Message<ItemOf<typeof deviceLeft>>[]): Promise<void> {
    for (const [tenant, messages] of Map.groupBy(batch, (one) => one.tenant)) {
      const news = messages
        .flatMap((one) => one.items)
        .filter(({ reason }) => reason === 'CheckOut')
        .map(({ deviceId, at, reason }) => ({
          deviceId,
          at: new Date(at),
          what: { kind: 'ended', outcome: 'voided', detail: reason, handedOver: false, notNowCount: 0 } as const,
        }));
      if (news.length > 0) await this.advanceUpdates.run(tenant, news);
    }
  }
}
