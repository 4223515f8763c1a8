import { pushRepeat } from '@lamplighter/contracts';
import type { Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import type { PushRequestItem } from '../domain/push.ts';
import { PushDevices } from '../steps/push-devices.ts';

@Controller()
export class OnPushRepeatConsumer {
  constructor(private readonly step: PushDevices) {}

  // A consumer of its own: while these wait, first pushes do not wait behind them. Few at a time: they may wait long.
  @OnMessages(pushRepeat, { maxBatch: 1, concurrency: 2 })
  async handle(batch: Message<PushRequestItem>[]): Promise<void> {
    await this.step.run(batch, 'repeat');
  }
}
