import { commandEnded, type ItemOf, type Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { FollowDevices } from '../steps/follow-devices.ts';

@Controller()
export class OnCommandEndedConsumer {
  constructor(private readonly step: FollowDevices) {}

  @OnMessages(commandEnded, { gatherMs: 250 })
  async handle(batch: Message<ItemOf<typeof commandEnded>>[]): Promise<void> {
    await this.step.ended(batch);
  }
}
