import { pushRequest } from '@lamplighter/contracts';
import type { Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import type { PushRequestItem } from '../domain/push.ts';
import { PushDevices } from '../steps/push-devices.ts';

@Controller()
export class OnPushRequestConsumer {
  constructor(private readonly step: PushDevices) {}

  // Several at a time: a batch lasts as long as its slowest push is tried again.
  @OnMessages(pushRequest, { maxBatch: 8, concurrency: 4 })
  async handle(batch: Message<PushRequestItem>[]): Promise<void> {
    await this.step.run(batch, 'first');
  }
}
