import { commandEnqueue, type ItemOf, type Message } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { EnqueueCommands } from '../steps/enqueue-commands.ts';

@Controller()
export class OnCommandEnqueueConsumer {
  constructor(private readonly step: EnqueueCommands) {}

  // A message carries up to a thousand commands; two batches keep one in the database while the other is parsed.
  @OnMessages(commandEnqueue, { maxBatch: 10, concurrency: 2 })
  async handle(batch: Message<ItemOf<typeof commandEnqueue>>[]): Promise<void> {
    await this.step.run(batch);
  }
}
