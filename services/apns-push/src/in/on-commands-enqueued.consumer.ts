import { commandsEnqueued } from '@lamplighter/contracts';
import type { ItemOf, Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Clock } from '@lamplighter/runtime';
import { Controller } from '@nestjs/common';
import { wakesOfMany } from '../domain/push.ts';
import { PushDevices } from '../steps/push-devices.ts';

@Controller()
export class OnCommandsEnqueuedConsumer {
  constructor(
    private readonly step: PushDevices,
    private readonly clock: Clock,
  ) {}

  // Several at a time: a batch lasts as long as its slowest push is tried again.
  @OnMessages(commandsEnqueued, { maxBatch: 8, concurrency: 4 })
  async handle(batch: Message<ItemOf<typeof commandsEnqueued>>[]): Promise<void> {
    const now = this.clock.now();
    const asking = batch
      .map((one) => ({ ...one, items: wakesOfMany(one, now) }))
      .filter(({ items }) => items.length > 0);
    if (asking.length > 0) await this.step.run(asking, 'first');
  }
}
