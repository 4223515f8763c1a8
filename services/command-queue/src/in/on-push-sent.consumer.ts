import { type ItemOf, type Message, pushSent } from '@lamplighter/contracts';
import { OnMessages } from '@lamplighter/messaging';
import { Controller } from '@nestjs/common';
import { RecordPush } from '../steps/record-push.ts';

@Controller()
export class OnPushSentConsumer {
  constructor(private readonly step: RecordPush) {}

  @OnMessages(pushSent, { gatherMs: 150 })
  async handle(batch: Message<ItemOf<typeof pushSent>>[]): Promise<void> {
    await this.step.run(batch);
  }
}
