import { deviceEnrolled, type ItemOf, type Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { FollowDevices } from '../steps/follow-devices.ts';

@Controller()
export class OnDeviceEnrolledConsumer {
  constructor(private readonly step: FollowDevices) {}

  @OnMessages(deviceEnrolled, { gatherMs: 250 })
  async handle(batch: Message<ItemOf<typeof deviceEnrolled>>[]): Promise<void> {
    await this.step.enrolled(batch);
  }
}
