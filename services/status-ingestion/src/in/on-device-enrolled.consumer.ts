import { deviceEnrolled } from '@lamplighter/contracts';
import type { ItemOf, Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { RecordEnrollment } from '../steps/record-enrollment.ts';

@Controller()
export class OnDeviceEnrolledConsumer {
  constructor(private readonly step: RecordEnrollment) {}

  // An enrollment may be a message of its own, and fleets enroll by the thousand.
  @OnMessages(deviceEnrolled, { maxBatch: 1000, gatherMs: 150 })
  async handle(batch: Message<ItemOf<typeof deviceEnrolled>>[]): Promise<void> {
    await this.step.run(batch);
  }
}
