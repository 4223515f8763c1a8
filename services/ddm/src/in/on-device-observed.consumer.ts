import { deviceObserved, type ItemOf, type Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { FollowDevices } from '../steps/follow-devices.ts';

@Controller()
export class OnDeviceObservedConsumer {
  constructor(private readonly step: FollowDevices) {}

  @OnMessages(deviceObserved, { gatherMs: 250 })
  async handle(batch: Message<ItemOf<typeof deviceObserved>>[]): Promise<void> {
    await this.step.observed(batch);
  }
}
