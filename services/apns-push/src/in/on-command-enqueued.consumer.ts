import { commandEnqueued } from '@lamplighter/contracts';
import type { ItemOf, Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Clock } from '@lamplighter/runtime';
import { Controller } from '@nestjs/common';
import { wakesOf } from '../domain/push.ts';
import { PushDevices } from '../steps/push-devices.ts';

@Controller()
export class OnCommandEnqueuedConsumer {
  constructor(
    private readonly step: PushDevices,
    private readonly clock: Clock,
  ) {}

  // Several at a time: a batch lasts as long as its slowest push is tried again.
  @OnMessages(commandEnqueued, { maxBatch: 8, concurrency: 4 })
  async handle(batch: Message<ItemOf<typeof commandEnqueued>>[]): Promise<void> {
    const now = this.clock.now();
    const asking = batch.map((one) => ({ ...one, items: wakesOf(one, now) })).filter(({ items }) => items.length > 0);
    if (asking.length > 0) await this.step.run(asking, 'first');
  }
}
